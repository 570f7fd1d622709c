// SPDX-License-Identifier: Apache-2.0
/// The spam filter SpamAssassin: mails go to one of several spamd.
///
/// Security: replies are bounded and read strictly; one that is cut off, or not whole by its own Content-length, is no
/// verdict. The score is held between two bounds, so that no rule of SpamAssassin outweighs a virus.
///
/// Standards: the SPAMC protocol 1.5 as in SpamAssassin 4's spamd/PROTOCOL.
@NullMarked
package org.postern.scanworkers.spamd;

import org.jspecify.annotations.NullMarked;
