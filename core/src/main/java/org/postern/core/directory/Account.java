// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

/// Somebody who has a mailbox here.
///
/// @param address the main address, which also names the account; the local part is in lower case
/// @param aliases further addresses that reach it
/// @param mailbox the mailbox folder relative to the store's mail folder, for example `example.org/alice`; never
/// absolute and without `..`
/// @param status what it may do
/// @param mailHost the store where its mailbox lives; empty where any store will do
/// @param delivery where its mail goes
/// @param reply the text of the automatic reply; empty when none is sent. RFC 3834
/// @param limits its quotas
/// @param delegations addresses of others that it may send as
public record Account(
        MailAddress address,
        Set<MailAddress> aliases,
        String mailbox,
        AccountStatus status,
        Optional<Domain> mailHost,
        Delivery delivery,
        Optional<String> reply,
        AccountLimits limits,
        Set<MailAddress> delegations) {
    public Account {
        aliases = Collections.unmodifiableSet(new LinkedHashSet<>(aliases));
        delegations = Collections.unmodifiableSet(new LinkedHashSet<>(delegations));
        if (!mailbox.matches("[^/\\x00]+(?:/[^/\\x00]+)*")
                || Arrays.stream(mailbox.split("/")).anyMatch(part -> part.matches("\\.{1,2}"))) {
            throw new IllegalArgumentException("not a relative folder: " + mailbox);
        }
        if (delivery instanceof Delivery.ReplyOnly && reply.isEmpty()) {
            throw new IllegalArgumentException("an account that only answers needs a reply text");
        }
    }

    /// An active account whose mail goes into its mailbox.
    public Account(MailAddress address, Set<MailAddress> aliases, String mailbox) {
        this(
                address,
                aliases,
                mailbox,
                AccountStatus.ACTIVE,
                Optional.empty(),
                new Delivery.Mailbox(),
                Optional.empty(),
                AccountLimits.NONE,
                Set.of());
    }

    /// Whether mail may be submitted with this sender: the account's own addresses, those delegated to it, and the
    /// null path.
    public boolean maySendAs(ReversePath reversePath) {
        return switch (reversePath) {
            case ReversePath.Null() -> true;
            case ReversePath.Mailbox(MailAddress sender) ->
                sender.foldedCase().equals(address.foldedCase())
                        || contains(aliases, sender)
                        || contains(delegations, sender);
        };
    }

    private static boolean contains(Set<MailAddress> addresses, MailAddress sender) {
        return addresses.stream().anyMatch(each -> each.foldedCase().equals(sender.foldedCase()));
    }

    /// The mailbox folder of an account that names none: `domain/local-part`, with every octet of the local part
    /// that could mean something to a file system written as `%` and two hexadecimal digits.
    public static String defaultMailbox(MailAddress address) {
        StringBuilder folder = new StringBuilder(address.domain().name().replace(':', '_')).append('/');
        byte[] octets = address.foldedCase().localPart().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < octets.length; i++) {
            int octet = octets[i] & 0xff;
            boolean plain = (octet >= 'a' && octet <= 'z')
                    || (octet >= '0' && octet <= '9')
                    || "-_+=&'!#".indexOf(octet) >= 0
                    || (octet == '.' && i > 0);
            if (plain) {
                folder.append((char) octet);
            } else {
                folder.append('%').append(String.format("%02X", octet));
            }
        }
        return folder.toString();
    }
}
