// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Verdict;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ContentDigest;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.Recipient;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.ingest.MessageIntake;

/// Takes a complete message to its reply: judged, traced, handed over. Used by many threads at once.
final class MailCompletion {
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(1024);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final FrontIdentity identity;
    private final Collaborators with;
    private final Duration handoffReserve;
    private final Admission admission;
    private final TraceHeader trace;

    MailCompletion(FrontIdentity identity, Collaborators with, Duration handoffReserve, Admission admission) {
        this.admission = admission;
        this.identity = identity;
        this.with = with;
        this.handoffReserve = handoffReserve;
        this.trace = new TraceHeader(identity, ZoneId.systemDefault());
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
        MessageHeader header = MessageHeader.read(message.content(), HEADER_MAX);
        long asked = System.nanoTime();
        Assessment found =
                with.assessor().assess(transaction(mail, client, message, header), deadline.keeping(handoffReserve));
        admission.pressure().judgedIn(System.nanoTime() - asked);
        SequencedMap<String, List<Recipient>> classes = new LinkedHashMap<>();
        for (Recipient recipient : mail.recipients()) {
            classes.computeIfAbsent(with.assessor().policyClass(recipient.path()), _ -> new ArrayList<>())
                    .add(recipient);
        }
        List<MailInProgress> mails = classes.size() == 1 ? List.of(mail) : mail.split(classes.values());
        List<Completion.Part> parts = new ArrayList<>();
        boolean claimed = false;
        for (String policyClass : classes.keySet()) {
            MailInProgress part = mails.get(parts.size());
            Assessment assessment = with.assessor().judge(policyClass, found);
            MailTransaction transaction = transaction(part, client, message, header);
            Optional<Outcome> refusal =
                    refusal(transaction, assessment).or(() -> greylisted(part, transaction, assessment, message));
            claimed = claimed || (refusal.isEmpty() && mayHandOver.claim());
            if (refusal.isPresent()) {
                parts.add(new Completion.Part(part, refusal.get()));
            } else if (claimed) {
                parts.add(new Completion.Part(part, handOver(transaction, assessment, message, deadline)));
            } else {
                parts.add(new Completion.Part(
                        part,
                        judged(transaction, assessment, tryAgain(transaction), "judged too late to be handed over")));
            }
        }
        return new Completion(parts);
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
        return switch (assessment.verdict()) {
            case Verdict.Reject(String reason) ->
                Optional.of(judged(
                        mail,
                        assessment,
                        Reply.of(
                                ReplyCode.MAILBOX_UNAVAILABLE_550,
                                "5.7.1",
                                "Message refused by local policy (" + mail.id() + ")"),
                        reason));
            case Verdict.TempFail(String reason) ->
                Optional.of(judged(
                        mail,
                        assessment,
                        Reply.of(
                                ReplyCode.LOCAL_ERROR_451,
                                "4.7.1",
                                "Message cannot be judged now, try again later (" + mail.id() + ")"),
                        reason));
            case Verdict.Accept(), Verdict.Tag _, Verdict.Quarantine _ -> Optional.empty();
        };
    }

    private static Outcome judged(MailTransaction mail, Assessment assessment, Reply reply, String reason) {
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
                    String text = "Not known here yet, try again in " + (wait.toSeconds() + 1) + " seconds ("
                            + mail.id() + ")";
                    return judged(
                            transaction, assessment, Reply.of(ReplyCode.LOCAL_ERROR_451, "4.7.1", text), "greylisted");
                });
    }

    private Outcome handOver(
            MailTransaction mail, Assessment assessment, MessageIntake.Result.Complete message, Deadline deadline)
            throws IOException {
        Disposition disposition =
                assessment.verdict() instanceof Verdict.Quarantine ? Disposition.QUARANTINE : Disposition.DELIVER;
        Handoff handoff = new Handoff(
                new HandoffId(identity.node(), mail.id()),
                DedupKey.of(mail.envelope(), message.sha256()),
                mail.envelope(),
                mail.content()
                        .without(mail.header(), assessment.trace().remove())
                        .prepend(trace.of(mail, assessment)),
                disposition);
        long asked = System.nanoTime();
        HandoffResult result = settle(handoff, deadline);
        admission.pressure().storedIn(System.nanoTime() - asked);
        return switch (result) {
            case HandoffResult.Accepted(String storeId, boolean duplicate) ->
                new Outcome(
                        Reply.of(ReplyCode.COMPLETED_250, "2.0.0", "Ok, kept as " + mail.id()),
                        mail.content().size(),
                        Optional.of(assessment),
                        Optional.of(storeId),
                        duplicate ? "the store had it already" : "");
            case HandoffResult.Refused(boolean permanent, String detail) ->
                judged(
                        mail,
                        assessment,
                        permanent
                                ? Reply.of(
                                        ReplyCode.TRANSACTION_FAILED_554,
                                        "5.3.0",
                                        "Message cannot be kept here (" + mail.id() + ")")
                                : tryAgain(mail),
                        "store refused: " + detail);
            case HandoffResult.Indeterminate(String detail) ->
                judged(mail, assessment, tryAgain(mail), "handoff undecided: " + detail);
        };
    }

    private static Reply tryAgain(MailTransaction mail) {
        return Reply.of(
                ReplyCode.LOCAL_ERROR_451, "4.3.0", "Message cannot be kept now, try again later (" + mail.id() + ")");
    }

    /// Repeats an undecided handoff under the same id while there is time; the store keeps at most one mail of it.
    private HandoffResult settle(Handoff handoff, Deadline deadline) {
        Duration pause = FIRST_PAUSE;
        HandoffResult result = with.store().handOver(handoff, deadline);
        while (result instanceof HandoffResult.Indeterminate
                && deadline.remaining().compareTo(pause) > 0) {
            if (!pausedFor(pause)) {
                return result;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            result = with.store().handOver(handoff, deadline);
        }
        return result;
    }

    private static boolean pausedFor(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
