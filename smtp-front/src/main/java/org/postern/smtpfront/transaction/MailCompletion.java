// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
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
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
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

    /// Judges the mail and hands it over.
    ///
    /// @param deadline by when this must have returned
    /// @param mayHandOver asked once, right before the handoff; false when the client was answered meanwhile
    Outcome complete(
            MailInProgress mail,
            ClientInfo client,
            MessageIntake.Result.Complete message,
            Deadline deadline,
            Once mayHandOver)
            throws IOException {
        MessageContent content = message.content();
        MailTransaction transaction = new MailTransaction(
                mail.id(),
                identity.farm(),
                client,
                mail.envelope(),
                content,
                ContentDigest.of(message.sha256()),
                MessageHeader.read(content, HEADER_MAX),
                message.began());
        long asked = System.nanoTime();
        Assessment assessment = with.assessor().assess(transaction, deadline.keeping(handoffReserve));
        admission.pressure().judgedIn(System.nanoTime() - asked);
        return switch (assessment.verdict()) {
            case Verdict.Reject(String reason) ->
                judged(
                        transaction,
                        assessment,
                        Reply.of(
                                ReplyCode.MAILBOX_UNAVAILABLE_550,
                                "5.7.1",
                                "Message refused by local policy (" + mail.id() + ")"),
                        reason);
            case Verdict.TempFail(String reason) ->
                judged(
                        transaction,
                        assessment,
                        Reply.of(
                                ReplyCode.LOCAL_ERROR_451,
                                "4.7.1",
                                "Message cannot be judged now, try again later (" + mail.id() + ")"),
                        reason);
            case Verdict.Accept accepted -> deliver(mail, transaction, assessment, message, deadline, mayHandOver);
            case Verdict.Tag tagged -> deliver(mail, transaction, assessment, message, deadline, mayHandOver);
            case Verdict.Quarantine kept ->
                handOver(transaction, assessment, message, Disposition.QUARANTINE, deadline, mayHandOver);
        };
    }

    private static Outcome judged(MailTransaction mail, Assessment assessment, Reply reply, String reason) {
        return new Outcome(reply, mail.content().size(), Optional.of(assessment), Optional.empty(), reason);
    }

    /// Hands the mail over, unless it is undecided and must come again first.
    private Outcome deliver(
            MailInProgress mail,
            MailTransaction transaction,
            Assessment assessment,
            MessageIntake.Result.Complete message,
            Deadline deadline,
            Once mayHandOver)
            throws IOException {
        Optional<Duration> wait = mail.sparedGreylisting()
                ? Optional.empty()
                : admission
                        .greylist()
                        .mustWait(
                                transaction.client().address(),
                                transaction.envelope(),
                                message.sha256(),
                                assessment.score());
        if (wait.isEmpty()) {
            return handOver(transaction, assessment, message, Disposition.DELIVER, deadline, mayHandOver);
        }
        admission.count(Bar.GREYLISTED);
        // RFC 6647 section 2.5
        Reply reply = Reply.of(
                ReplyCode.LOCAL_ERROR_451,
                "4.7.1",
                "Not known here yet, try again in " + (wait.get().toSeconds() + 1) + " seconds (" + mail.id() + ")");
        return judged(transaction, assessment, reply, "greylisted");
    }

    private Outcome handOver(
            MailTransaction mail,
            Assessment assessment,
            MessageIntake.Result.Complete message,
            Disposition disposition,
            Deadline deadline,
            Once mayHandOver)
            throws IOException {
        if (!mayHandOver.claim()) {
            return judged(mail, assessment, tryAgain(mail), "judged too late to be handed over");
        }
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
