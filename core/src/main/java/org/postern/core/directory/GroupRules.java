// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

/// Who may write to a group, as qmail-ldap's `qmailGroup` says it.
///
/// A sender address can be made up: who needs to be sure asks for a login as well.
///
/// @param senders the only addresses that may write to it, members among them where they may; empty means everybody
/// @param loginNeeded whether the writer must have logged in (`senderconfirm`: a login is the confirmation)
/// @param moderators who gets the mail of all others instead of the members; empty for none
/// @param bounces who gets the bounces of what went to the members
public record GroupRules(
        Optional<Set<MailAddress>> senders,
        boolean loginNeeded,
        List<MailAddress> moderators,
        Optional<MailAddress> bounces) {
    /// Everybody may write to all members.
    public static final GroupRules NONE = new GroupRules(Optional.empty(), false, List.of(), Optional.empty());

    /// Whom a mail goes to.
    public enum Answer {
        /// Everybody who is in the group.
        MEMBERS,
        /// Those who decide what the members get.
        MODERATORS,
        /// A bounce: to the address for bounces.
        BOUNCES,
        /// The sender may not write to the group.
        NOBODY
    }

    public GroupRules {
        senders = senders.map(GroupRules::folded);
        moderators = List.copyOf(moderators);
    }

    private static Set<MailAddress> folded(Collection<MailAddress> addresses) {
        return addresses.stream().map(MailAddress::foldedCase).collect(Collectors.toUnmodifiableSet());
    }

    /// Whether somebody is kept from writing to all members.
    public boolean restrict() {
        return senders.isPresent() || loginNeeded || !moderators.isEmpty();
    }

    /// Whom a mail from this sender goes to; a login that is needed was checked before, by [#mayWrite].
    public Answer of(ReversePath sender) {
        return switch (sender) {
            // A bounce is not for the members, and a list answers none. RFC 3834 section 2.
            case ReversePath.Null() ->
                bounces.isPresent() ? Answer.BOUNCES : restrict() ? Answer.NOBODY : Answer.MEMBERS;
            case ReversePath.Mailbox(MailAddress address) -> {
                if (contains(moderators, address)) {
                    yield Answer.MEMBERS;
                }
                if (senders.isPresent() && !senders.get().contains(address.foldedCase())) {
                    yield Answer.NOBODY;
                }
                yield moderators.isEmpty() ? Answer.MEMBERS : Answer.MODERATORS;
            }
        };
    }

    /// Whether a mail may be sent to the group at all, asked where it comes in.
    ///
    /// @param loggedIn whether the client has logged in
    public boolean mayWrite(ReversePath sender, boolean loggedIn) {
        boolean bounce = sender instanceof ReversePath.Null;
        return of(sender) != Answer.NOBODY && (loggedIn || bounce || !loginNeeded);
    }

    private static boolean contains(List<MailAddress> addresses, MailAddress wanted) {
        return addresses.stream().anyMatch(each -> each.foldedCase().equals(wanted.foldedCase()));
    }
}
