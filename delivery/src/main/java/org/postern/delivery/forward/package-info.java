// SPDX-License-Identifier: Apache-2.0
/// Mail for an account: into its mailbox, on to others, and an automatic reply.
///
/// Security: whom a mail is forwarded to says the directory, never the mail. Forwards that lead back end
/// after one round. Replies go to the envelope's sender only, rarely, and never to lists, robots or
/// reports.
///
/// Standards: RFC 5321 section 3.9.1 (aliases keep the sender), RFC 3834 (automatic replies), RFC
/// 3461 section 5.2.7.
@NullMarked
package org.postern.delivery.forward;

import org.jspecify.annotations.NullMarked;
