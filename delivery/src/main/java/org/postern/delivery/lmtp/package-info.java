// SPDX-License-Identifier: Apache-2.0
/// Delivery into the mailboxes of another program over LMTP.
///
/// Security: the server is one's own and trusted with the mail; what it answers is bounded as any
/// other host's.
///
/// Standards: RFC 2033.
@NullMarked
package org.postern.delivery.lmtp;

import org.jspecify.annotations.NullMarked;
