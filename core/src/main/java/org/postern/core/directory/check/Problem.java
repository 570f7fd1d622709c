// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.check;

import java.util.List;
import java.util.stream.Collectors;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// Something an administrator should repair.
public sealed interface Problem {
    /// A forwarding to an address of ours that does not exist.
    record DanglingForward(MailAddress account, MailAddress target) implements Problem {}

    /// Mail would go round. The first address is not repeated at the end.
    record ForwardLoop(List<MailAddress> circle) implements Problem {
        public ForwardLoop {
            circle = List.copyOf(circle);
        }
    }

    /// An account that says its mailbox lives on a store that nobody knows.
    record UnknownHost(MailAddress account, Domain host) implements Problem {}

    /// Two accounts claim one address, so mail to it is deferred.
    record DuplicateAddress(MailAddress address, List<MailAddress> accounts) implements Problem {
        public DuplicateAddress {
            accounts = List.copyOf(accounts);
        }
    }

    /// Two accounts share one mailbox folder.
    record SharedMailbox(String folder, List<MailAddress> accounts) implements Problem {
        public SharedMailbox {
            accounts = List.copyOf(accounts);
        }
    }

    /// An account with an address in a domain that is not ours: no mail gets to it.
    record ForeignDomain(MailAddress account, MailAddress address) implements Problem {}

    /// An entry no account can be made of, so mail to it is deferred.
    record UnusableEntry(String name, String reason) implements Problem {}

    /// The check itself could not be done, or not to the end.
    record Unfinished(String reason) implements Problem {}

    /// One line for people.
    default String text() {
        return switch (this) {
            case DanglingForward(var account, var target) ->
                account + " forwards to " + target + ", which does not exist";
            case ForwardLoop(var circle) ->
                "forwarding goes round: " + joined(circle, " -> ") + " -> " + circle.getFirst();
            case UnknownHost(var account, var host) -> account + " lives on " + host + ", which is no store";
            case DuplicateAddress(var address, var accounts) -> address + " belongs to " + joined(accounts, ", ");
            case SharedMailbox(var folder, var accounts) ->
                "the mailbox " + folder + " belongs to " + joined(accounts, ", ");
            case ForeignDomain(var account, var address) ->
                account + " has the address " + address + ", whose domain is not ours";
            case UnusableEntry(var name, var reason) -> name + " cannot be used: " + reason;
            case Unfinished(var reason) -> "the check did not end: " + reason;
        };
    }

    private static String joined(List<MailAddress> addresses, String by) {
        return addresses.stream().map(MailAddress::toString).collect(Collectors.joining(by));
    }
}
