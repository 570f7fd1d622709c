// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// One account as it is written in the accounts file.
record WrittenAccount(
        @Doc("The password's hash as \"postern password\" prints it; without one, nobody logs in.")
        Optional<ScramSecret> password,

        @Doc("Further addresses that reach the account.") @Default("[]")
        List<MailAddress> aliases,

        @Doc("The mailbox folder below the store's mail folder; DOMAIN/LOCAL-PART where none is given.")
        Optional<String> mailbox,

        @Doc("The store where the mailbox is, as a host of handoff.stores; where none is given, any store may have it.")
        Optional<Domain> mailHost,

        @Doc("active, no-access (receives, does not log in) or disabled (neither).") @Default("active")
        AccountStatus status,

        @Doc("Addresses its mail is forwarded to.") @Default("[]")
        List<MailAddress> forward,

        @Doc("Whether mail that is forwarded goes into the mailbox as well.") @Default("true")
        boolean keepCopy,

        @Doc("Text of an automatic reply (RFC 3834).") Optional<String> reply,

        @Doc("Addresses of others that it may send as.") @Default("[]")
        List<MailAddress> sendAs,

        @Doc("Octets its mailbox may hold.") Optional<ByteSize> quotaSize,
        @Doc("Messages its mailbox may hold.") OptionalLong quotaMessages,
        @Doc("The largest mail it takes.") Optional<ByteSize> messageSize) {
    /// @param address its main address
    Account account(MailAddress address) {
        MailAddress folded = address.foldedCase();
        Set<MailAddress> own = new LinkedHashSet<>(aliases);
        return new Account(
                folded,
                own,
                mailbox.orElseGet(() -> Account.defaultMailbox(folded)),
                status,
                mailHost,
                delivery(folded, own),
                reply.filter(text -> !text.isBlank()),
                new AccountLimits(quotaSize, quotaMessages, messageSize),
                new LinkedHashSet<>(sendAs));
    }

    /// Who forwards to themselves wants to keep a copy, not a loop.
    private Delivery delivery(MailAddress address, Set<MailAddress> own) {
        List<MailAddress> to = new ArrayList<>(forward);
        boolean toSelf = to.removeIf(each -> each.foldedCase().equals(address)
                || own.stream().anyMatch(alias -> alias.foldedCase().equals(each.foldedCase())));
        if (to.isEmpty()) {
            return new Delivery.Mailbox();
        }
        return keepCopy || toSelf ? new Delivery.MailboxAndForward(to) : new Delivery.Forward(to);
    }
}
