// SPDX-License-Identifier: Apache-2.0
/// The central store: both ends of the handoff, the durable spool, and delivery to mailboxes.
///
/// Security: trusts the fronts it is told of, never what a message says. Runs with the rights of the mailboxes it
/// writes and nothing more.
///
/// Standards: QMQP (Bernstein, 1998), RFC 5321 section 4.2.5 (who is responsible after 250), Maildir.
@NullMarked
package org.postern.delivery;

import org.jspecify.annotations.NullMarked;
