// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import java.time.Duration;
import org.postern.core.mail.MailAddress;

/// Counts what accounts send, and says when it is enough. Many threads ask at once; no question waits long, and none
/// throws because a counter cannot be reached.
public interface SendingQuotas {
    /// Everybody may send as much as they like.
    SendingQuotas NONE = new SendingQuotas() {
        @Override
        public Answer message(MailAddress account) {
            return new Answer.Granted();
        }

        @Override
        public Answer recipient(MailAddress account) {
            return new Answer.Granted();
        }
    };

    /// Whether one more is allowed; when it is, it was counted.
    sealed interface Answer {
        record Granted() implements Answer {}

        /// @param limit which, for people
        /// @param pause when the next one may be
        record Exceeded(String limit, Duration pause) implements Answer {}
    }

    /// Counts one message.
    Answer message(MailAddress account);

    /// Counts one recipient.
    Answer recipient(MailAddress account);
}
