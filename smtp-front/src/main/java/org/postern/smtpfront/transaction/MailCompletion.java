// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ContentDigest;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.Recipient;
import org.postern.core.reply.Reply;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.ingest.MessageIntake;

/// Takes a complete message to its reply: judged for each class of its recipients, and handed over. Used by many
/// threads at once.
final class MailCompletion {
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(1024);

    private final FrontIdentity identity;
    private final Collaborators with;
    private final Duration handoffReserve;
    private final Admission admission;
    private final HandingOver handingOver;

    MailCompletion(FrontIdentity identity, Collaborators with, Duration handoffReserve, Admission admission) {
        this.admission = admission;
        this.identity = identity;
        this.with = with;
        this.handoffReserve = handoffReserve;
        this.handingOver = new HandingOver(identity, with.store(), admission.pressure());
    }

    /// Judges the mail and hands it over, as a whole or in parts where its recipients are of several policy classes.
    ///
    /// @param deadline by when this must have returned
    /// @param mayHandOver asked once, right before the first handoff; false when the client was answered meanwhile
    Completion complete(
            MailInProgress mail,
            ClientInfo client,
            MessageIntake.Result.Complete message,
            Deadline deadline,
            Once mayHandOver)
            throws IOException {
        long size = message.content().size();
        List<Recipient> tooSmall = mail.recipients().stream()
                .filter(recipient -> isTooLarge(mail, recipient, size))
                .toList();
        if (!tooSmall.isEmpty() && (!mail.repliesEach() || tooSmall.size() == mail.recipientCount())) {
            return Completion.whole(mail, tooLarge(size));
        }
        MessageHeader header = MessageHeader.read(message.content(), HEADER_MAX);
        if (header.cut()) {
            return Completion.whole(mail, headerTooLong(size));
        }
        long asked = System.nanoTime();
        Assessment found =
                with.assessor().assess(transaction(mail, client, message, header), deadline.keeping(handoffReserve));
        admission.pressure().judgedIn(System.nanoTime() - asked);
        SequencedMap<Group, List<Recipient>> groups = new LinkedHashMap<>();
        for (Recipient recipient : mail.recipients()) {
            groups.computeIfAbsent(
                            new Group(with.assessor().policyClass(recipient.path()), isTooLarge(mail, recipient, size)),
                            _ -> new ArrayList<>())
                    .add(recipient);
        }
        if (groups.size() > 1 && !mail.repliesEach()) {
            // The policy was replaced since RCPT, and one reply cannot say two things.
            return Completion.whole(
                    mail,
                    Outcome.refused(
                            Replies.tryAgain(mail.id()), size, "recipients have come to be of several classes"));
        }
        List<MailInProgress> mails = groups.size() == 1 ? List.of(mail) : mail.split(groups.values());
        List<Completion.Part> parts = new ArrayList<>();
        boolean claimed = false;
        for (Group group : groups.keySet()) {
            MailInProgress part = mails.get(parts.size());
            if (group.tooLarge()) {
                parts.add(new Completion.Part(part, tooLarge(size)));
                continue;
            }
            Assessment assessment = with.assessor().judge(group.policyClass(), found);
            MailTransaction transaction = transaction(part, client, message, header);
            Optional<Outcome> refusal =
                    refusal(transaction, assessment).or(() -> greylisted(part, transaction, assessment, message));
            claimed = claimed || (refusal.isEmpty() && mayHandOver.claim());
            if (refusal.isPresent()) {
                parts.add(new Completion.Part(part, refusal.get()));
            } else if (claimed) {
                parts.add(
                        new Completion.Part(part, handingOver.of(transaction, assessment, message.sha256(), deadline)));
            } else {
                parts.add(new Completion.Part(
                        part,
                        judged(
                                transaction,
                                assessment,
                                Replies.tryAgain(mail.id()),
                                "judged too late to be handed over")));
            }
        }
        return new Completion(parts);
    }

    /// Recipients for whom there is one answer.
    private record Group(String policyClass, boolean tooLarge) {}

    private static boolean isTooLarge(MailInProgress mail, Recipient recipient, long size) {
        return mail.largest(recipient).filter(most -> size > most.bytes()).isPresent();
    }

    private static Outcome tooLarge(long size) {
        return Outcome.refused(Replies.tooLargeForRecipient(), size, "message-size of the account");
    }

    /// Behind the part that is looked at a header could claim what it likes: whose it is, and who verified that.
    private static Outcome headerTooLong(long size) {
        return Outcome.refused(
                Replies.headerTooLong(),
                size,
                "header beyond " + HEADER_MAX + " or " + MessageHeader.FIELDS_MAX + " fields");
    }

    private MailTransaction transaction(
            MailInProgress mail, ClientInfo client, MessageIntake.Result.Complete message, MessageHeader header) {
        return new MailTransaction(
                mail.id(),
                identity.farm(),
                client,
                mail.envelope(),
                message.content(),
                ContentDigest.of(message.sha256()),
                header,
                message.began());
    }

    /// Empty where the mail is to be handed over.
    private static Optional<Outcome> refusal(MailTransaction mail, Assessment assessment) {
        return Replies.to(assessment.verdict(), mail.id())
                .map(reply ->
                        judged(mail, assessment, reply, assessment.verdict().reason()));
    }

    static Outcome judged(MailTransaction mail, Assessment assessment, Reply reply, String reason) {
        return new Outcome(reply, mail.content().size(), Optional.of(assessment), Optional.empty(), reason);
    }

    /// Where the mail is undecided and must come again first. RFC 6647 section 2.5
    private Optional<Outcome> greylisted(
            MailInProgress mail,
            MailTransaction transaction,
            Assessment assessment,
            MessageIntake.Result.Complete message) {
        if (mail.sparedGreylisting() || assessment.verdict() instanceof Verdict.Quarantine) {
            return Optional.empty();
        }
        return admission
                .greylist()
                .mustWait(transaction.client().address(), transaction.envelope(), message.sha256(), assessment.score())
                .map(wait -> {
                    admission.count(Bar.GREYLISTED);
                    return judged(transaction, assessment, Replies.greylisted(wait, mail.id()), "greylisted");
                });
    }
}
