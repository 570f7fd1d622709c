// SPDX-License-Identifier: Apache-2.0
/// The spam filter rspamd: mails go to one of several normal workers.
///
/// Security: replies are bounded and read strictly. A partial result, which rspamd gives as an ordinary one
/// when its own time is over, is no verdict. The score is held between two bounds.
///
/// Standards: HTTP/1.1 (RFC 9112) with one request a connection; rspamd's `/checkv2`.
@NullMarked
package org.postern.scanworkers.rspamd;

import org.jspecify.annotations.NullMarked;
