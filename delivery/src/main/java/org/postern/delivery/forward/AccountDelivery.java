// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.core.directory.Account;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.schedule.Destination.Outcome;
import org.postern.delivery.schedule.Destination.Success;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.EnvelopeCodec;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;

/// What an account wants beside its mailbox, done before it: mails for others, and the automatic reply.
/// Both are put into the spool under ids that follow from this mail, so doing it again after a crash makes
/// no second one.
public final class AccountDelivery {
    private static final int FORWARDS_MAX = EnvelopeCodec.RECIPIENTS_MAX;

    private final DerivedMails mails;
    private final AutomaticReply replies;

    public AccountDelivery(DerivedMails mails, AutomaticReply replies) {
        this.mails = mails;
        this.replies = replies;
    }

    /// Whether there is anything to do.
    public static boolean concerns(Account account) {
        return !account.delivery().forwards().isEmpty()
                || account.reply().isPresent()
                || !account.delivery().toMailbox();
    }

    /// Does it.
    ///
    /// @return what became of the recipient; empty where the mailbox is still to come
    /// @throws IOException when it should be tried again
    public Optional<Outcome> deliver(StoredMail mail, int recipient, Account account) throws IOException {
        OriginalHeader header = OriginalHeader.of(mail);
        Recipient forWhom = mail.envelope().recipients().get(recipient);
        ReversePath sender = mail.envelope().reversePath();
        List<MailAddress> forwards = account.delivery().forwards(sender);
        if (forwards.isEmpty() && !account.delivery().forwards().isEmpty()) {
            // RFC 3463 section 3.8: X.7.2, mailing list expansion prohibited.
            return Optional.of(new Outcome.Failed(
                    "the sender may not write to the group " + account.address(), Diagnosis.local("5.7.2")));
        }
        if (!forwards.isEmpty()) {
            forwards = without(delivered(header), forwards);
            if (forwards.isEmpty() || wasHere(header, forWhom)) {
                return looped(account, forWhom);
            }
            if (account.delivery().toMailbox()) {
                // Who has no mailbox goes on forwarding: two such accounts must not leave a mail to each other.
                forwards = without(others(mail, forWhom), forwards);
            }
            if (forwards.size() > FORWARDS_MAX) {
                return Optional.of(new Outcome.Failed(
                        account.address() + " forwards to more than " + FORWARDS_MAX, Diagnosis.local("5.3.5")));
            }
            if (!forwards.isEmpty()
                    && forward(mail, recipient, forWhom, account.delivery().forwardedAs(sender), forwards)
                            instanceof SpoolStore.Commit.Refused(boolean permanent, String detail)) {
                return Optional.of(new Outcome.Failed("it cannot be forwarded: " + detail, Diagnosis.local("5.3.4")));
            }
        }
        String replied = account.reply().isPresent()
                ? replies.reply(mail, recipient, account, account.reply().get(), header)
                : "";
        if (account.delivery().toMailbox()) {
            return Optional.empty();
        }
        return Optional.of(
                forwards.isEmpty()
                        ? new Outcome.Delivered("answered: " + replied)
                        : new Outcome.Delivered("forwarded to " + forwards.size(), Success.PASSED_ON));
    }

    /// An address that a mail was delivered to before stands in its header: forwards that lead
    /// back end here.
    private static boolean wasHere(OriginalHeader header, Recipient recipient) {
        return delivered(header).contains(key(recipient.path().address()));
    }

    private static Set<String> delivered(OriginalHeader header) {
        return header.header()
                .all("Delivered-To")
                .map(field -> field.value().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /// Who gets this mail anyway.
    private static Set<String> others(StoredMail mail, Recipient recipient) {
        Set<String> all = mail.envelope().recipients().stream()
                .map(each -> key(each.path().address()))
                .collect(Collectors.toSet());
        all.remove(key(recipient.path().address()));
        return all;
    }

    /// Those whom the mail has not reached: of accounts that forward to each other each gets one copy, not one for
    /// every way through all of them.
    private static List<MailAddress> without(Set<String> reached, List<MailAddress> to) {
        return to.stream().filter(address -> !reached.contains(key(address))).toList();
    }

    private static String key(MailAddress address) {
        return address.foldedCase().toString().toLowerCase(Locale.ROOT);
    }

    /// A copy that comes back for the mailbox as well is kept there; one for nobody else is a
    /// mistake to tell of.
    private static Optional<Outcome> looped(Account account, Recipient recipient) {
        return account.delivery().toMailbox()
                ? Optional.empty()
                : Optional.of(new Outcome.Failed(
                        "mail for " + recipient + " is forwarded in circles", Diagnosis.local("5.4.6")));
    }

    private SpoolStore.Commit forward(
            StoredMail mail, int recipient, Recipient forWhom, ReversePath sender, List<MailAddress> to)
            throws IOException {
        HandoffId id = mails.id(mail.id(), "forward " + recipient);
        Set<MailAddress> once = new LinkedHashSet<>(to);
        Optional<String> original = forWhom.originalRecipient().or(() -> Optional.of("rfc822;" + forWhom));
        Envelope envelope = new Envelope(
                sender,
                once.stream()
                        .map(address -> new Recipient(new ForwardPath(address), forWhom.dsnNotify(), original))
                        .toList(),
                mail.envelope().parameters());
        byte[] top =
                ("Delivered-To: " + forWhom.path().address().foldedCase() + "\r\n").getBytes(StandardCharsets.UTF_8);
        return mails.put("forwarded", mail.id(), id, envelope, top.length + mail.bodyLength(), put -> {
            put.write(top, 0, top.length);
            mail.copyTo(put::write);
        });
    }
}
