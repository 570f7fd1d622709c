// SPDX-License-Identifier: Apache-2.0
/// The only place that knows James: commands, their handlers, and the conversation with one client.
///
/// Where to begin: [SmtpConversation] is the dialogue, [Chain] the list of commands, each a class `…Command`
/// beside what reads its arguments, [Session] what is known of the client. A message goes past all of them,
/// by [Incoming]; what it is answered says the package transaction.
///
/// Security: reachable by everybody; nothing here trusts a length, an order or a character.
///
/// Standards: RFC 5321, 1870, 2034, 2920, 3207, 4954, 6152.
@NullMarked
package org.postern.smtpfront.protocol;

import org.jspecify.annotations.NullMarked;
