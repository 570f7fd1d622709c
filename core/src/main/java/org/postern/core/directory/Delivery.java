// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.List;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

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

    /// To everybody in a group; there is no mailbox. Groups inside are resolved, unless they have rules of their own:
    /// those stay as the address of that group.
    ///
    /// @param members 1 or more addresses, here or elsewhere, none of them the group's own
    /// @param rules who may write to it
    record Group(List<MailAddress> members, GroupRules rules) implements Delivery {
        public Group {
            members = atLeastOne(members);
        }
    }

    /// Whether a copy goes into the mailbox.
    default boolean toMailbox() {
        return switch (this) {
            case Mailbox(), MailboxAndForward(var _) -> true;
            case Forward(var _), ReplyOnly(), Group(var _, var _) -> false;
        };
    }

    /// Whom it may be forwarded to, whoever the sender is; may be empty.
    default List<MailAddress> forwards() {
        return switch (this) {
            case Mailbox(), ReplyOnly() -> List.of();
            case MailboxAndForward(List<MailAddress> to) -> to;
            case Forward(List<MailAddress> to) -> to;
            case Group(List<MailAddress> members, var _) -> members;
        };
    }

    /// Whom a mail from this sender is forwarded to. Empty for a group whose rules refuse the sender: such a mail is
    /// returned with 5.7.2 (RFC 3463 section 3.8), never dropped.
    default List<MailAddress> forwards(ReversePath sender) {
        return switch (this) {
            case Mailbox(), ReplyOnly(), MailboxAndForward(var _), Forward(var _) -> forwards();
            case Group(List<MailAddress> members, GroupRules rules) ->
                switch (rules.of(sender)) {
                    case MEMBERS -> members;
                    case MODERATORS -> rules.moderators();
                    case BOUNCES -> rules.bounces().stream().toList();
                    case NOBODY -> List.of();
                };
        };
    }

    /// The sender that the forwarded mail goes out with: a group's address for bounces where it has one, so that they
    /// trouble neither the members nor the writer. RFC 5321 section 3.9.2.
    default ReversePath forwardedAs(ReversePath sender) {
        return switch (this) {
            case Mailbox(), ReplyOnly(), MailboxAndForward(var _), Forward(var _) -> sender;
            case Group(var _, GroupRules rules) ->
                rules.bounces().isPresent() && sender instanceof ReversePath.Mailbox
                        ? new ReversePath.Mailbox(rules.bounces().get())
                        : sender;
        };
    }

    private static List<MailAddress> atLeastOne(List<MailAddress> to) {
        if (to.isEmpty()) {
            throw new IllegalArgumentException("a forwarding needs an address");
        }
        return List.copyOf(to);
    }
}
