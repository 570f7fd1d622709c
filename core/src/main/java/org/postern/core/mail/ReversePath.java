// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

/// Where a mail comes from in the envelope, and where its bounces go. RFC 5321 section 4.1.1.2.
public sealed interface ReversePath {
    /// `<>`, the sender of bounces, to whom nothing is ever bounced. RFC 5321 section 4.5.5.
    record Null() implements ReversePath {
        @Override
        public String toString() {
            return "";
        }
    }

    /// An ordinary sender.
    record Mailbox(MailAddress address) implements ReversePath {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /// Reads the form without angle brackets: empty for the null path, else an address.
    static ReversePath parse(String text) {
        return text.isEmpty() ? new Null() : new Mailbox(MailAddress.parse(text));
    }
}
