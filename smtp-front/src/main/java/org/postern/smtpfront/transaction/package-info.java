// SPDX-License-Identifier: Apache-2.0
/// What happens after end-of-data: judge, trace, hand over, answer in time.
///
/// Where to begin: [Mails] gives each message its thread and its deadline, [MailCompletion] has it judged,
/// [HandingOver] gives it to the store, [TraceHeader] writes the fields on top, [Replies] says what the client is
/// told.
///
/// Security: unknown is never yes or no; the text for the client names nothing of ours but the transaction.
///
/// Standards: RFC 5321 sections 4.4 and 6.1, RFC 3463.
@NullMarked
package org.postern.smtpfront.transaction;

import org.jspecify.annotations.NullMarked;
