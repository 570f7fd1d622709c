// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Duration;
import java.util.Optional;
import org.postern.core.directory.Account;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Directory;
import org.postern.core.directory.GroupRules;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.reply.ReplyCode;

/// Whether mail for a recipient is taken: the directory's three answers, and nobody's relay.
final class RecipientCheck {
    private static final Duration DIRECTORY_MAX = Duration.ofSeconds(20);

    private RecipientCheck() {}

    /// What becomes of a recipient.
    sealed interface Answer {
        /// @param largest message that its account takes; empty where it sets no limit
        record Taken(Optional<ByteSize> largest) implements Answer {}

        record Refused(Refusal refusal) implements Answer {}
    }

    static Answer check(Session session, ForwardPath path) {
        Directory directory = session.farm().with().directory();
        Deadline deadline = Deadline.in(DIRECTORY_MAX);
        return switch (directory.localDomain(path.address().domain(), deadline)) {
            case Lookup.Known<Domain>(Domain domain) -> mailbox(session, directory.recipient(path, deadline));
            case Lookup.Undetermined<Domain>(String reason) -> undetermined(reason);
            case Lookup.Unknown<Domain>() -> foreign(session);
        };
    }

    private static Answer mailbox(Session session, Lookup<Account> found) {
        return switch (found) {
            case Lookup.Known<Account>(Account account) ->
                account.status().receives()
                        ? group(session, account)
                        // RFC 3463 section 3.2: X.2.1, mailbox disabled.
                        : refused(
                                ReplyCode.MAILBOX_UNAVAILABLE_550,
                                "5.2.1",
                                "This mailbox does not accept mail",
                                "account " + account.status());
            case Lookup.Undetermined<Account>(String reason) -> undetermined(reason);
            case Lookup.Unknown<Account>() ->
                refused(ReplyCode.MAILBOX_UNAVAILABLE_550, "5.1.1", "No such mailbox here", "");
        };
    }

    /// RFC 3463 section 3.8: X.7.2, the sender may not have a list expanded.
    private static Answer group(Session session, Account account) {
        boolean mayWrite = switch (account.delivery()) {
            case Delivery.Group(var _, GroupRules rules) ->
                session.mail().isEmpty()
                        || rules.mayWrite(
                                session.mail().get().sender(), session.account().isPresent());
            case Delivery.Mailbox(), Delivery.MailboxAndForward(var _), Delivery.Forward(var _), Delivery.ReplyOnly() ->
                true;
        };
        return mayWrite
                ? new Answer.Taken(account.limits().messageSize())
                : refused(
                        ReplyCode.MAILBOX_UNAVAILABLE_550,
                        "5.7.2",
                        "You may not write to this group",
                        "rules of group " + account.address());
    }

    private static Answer undetermined(String reason) {
        return refused(
                ReplyCode.LOCAL_ERROR_451,
                "4.3.0",
                "Recipient cannot be verified now, try again later",
                "directory: " + reason);
    }

    /// Who has logged in may write to anybody; the store sends it on. RFC 6409 section 3.1.
    private static Answer foreign(Session session) {
        return session.account().isPresent()
                ? new Answer.Taken(Optional.empty())
                : refused(ReplyCode.MAILBOX_UNAVAILABLE_550, "5.7.1", "Relaying denied", "");
    }

    private static Answer refused(ReplyCode code, String enhanced, String text, String detail) {
        return new Answer.Refused(Refusal.of(code, enhanced, text, detail));
    }
}
