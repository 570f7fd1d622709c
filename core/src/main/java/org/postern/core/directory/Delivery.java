// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.List;
import org.postern.core.mail.MailAddress;

/// Where a mail for an account goes. An account whose mail would go nowhere cannot be written: a directory that finds
/// one answers `Undetermined`.
public sealed interface Delivery {
    /// Into the account's mailbox.
    record Mailbox() implements Delivery {}

    /// Into the account's mailbox, and to others.
    ///
    /// @param to 1 or more addresses, here or elsewhere
    record MailboxAndForward(List<MailAddress> to) implements Delivery {
        public MailboxAndForward {
            to = atLeastOne(to);
        }
    }

    /// To others only; no copy is kept.
    ///
    /// @param to 1 or more addresses, here or elsewhere
    record Forward(List<MailAddress> to) implements Delivery {
        public Forward {
            to = atLeastOne(to);
        }
    }

    /// Nowhere but into the automatic reply: an address that only answers.
    record ReplyOnly() implements Delivery {}

    /// Whether a copy goes into the mailbox.
    default boolean toMailbox() {
        return switch (this) {
            case Mailbox(), MailboxAndForward(var _) -> true;
            case Forward(var _), ReplyOnly() -> false;
        };
    }

    /// Whom it is forwarded to; may be empty.
    default List<MailAddress> forwards() {
        return switch (this) {
            case Mailbox(), ReplyOnly() -> List.of();
            case MailboxAndForward(List<MailAddress> to) -> to;
            case Forward(List<MailAddress> to) -> to;
        };
    }

    private static List<MailAddress> atLeastOne(List<MailAddress> to) {
        if (to.isEmpty()) {
            throw new IllegalArgumentException("a forwarding needs an address");
        }
        return List.copyOf(to);
    }
}
