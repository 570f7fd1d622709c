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
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.core.reply.Reply;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.admission.Pressure;

/// Gives a mail that was judged to the store, with our header fields on top, and waits for its answer. Used by many
/// threads at once.
final class HandingOver {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final FrontIdentity identity;
    private final MailStore store;
    private final Pressure pressure;
    private final TraceHeader trace;

    /// @param pressure told how long the store took
    HandingOver(FrontIdentity identity, MailStore store, Pressure pressure) {
        this.identity = identity;
        this.store = store;
        this.pressure = pressure;
        this.trace = new TraceHeader(identity, ZoneId.systemDefault());
    }

    /// A failure is the outcome of this part only: another one may be kept by now.
    Outcome of(MailTransaction mail, Assessment assessment, byte[] sha256, Deadline deadline) {
        try {
            return tryTo(mail, assessment, sha256, deadline);
        } catch (IOException | RuntimeException e) {
            return MailCompletion.judged(mail, assessment, Failures.reply("mail " + mail.id(), e), e.toString());
        }
    }

    private Outcome tryTo(MailTransaction mail, Assessment assessment, byte[] sha256, Deadline deadline)
            throws IOException {
        Disposition disposition =
                assessment.verdict() instanceof Verdict.Quarantine ? Disposition.QUARANTINE : Disposition.DELIVER;
        Handoff handoff = new Handoff(
                new HandoffId(identity.node(), mail.id()),
                DedupKey.of(mail.envelope(), sha256),
                mail.envelope(),
                mail.content()
                        .without(mail.header(), assessment.trace().remove())
                        .prepend(trace.of(mail, assessment)),
                disposition);
        long asked = System.nanoTime();
        HandoffResult result = settle(handoff, deadline);
        pressure.storedIn(System.nanoTime() - asked);
        Reply reply = Replies.to(result, mail.id());
        return switch (result) {
            case HandoffResult.Accepted(String storeId, boolean duplicate) ->
                new Outcome(
                        reply,
                        mail.content().size(),
                        Optional.of(assessment),
                        Optional.of(storeId),
                        duplicate ? "the store had it already" : "");
            case HandoffResult.Refused(var _, String detail) ->
                MailCompletion.judged(mail, assessment, reply, "store refused: " + detail);
            case HandoffResult.Indeterminate(String detail) ->
                MailCompletion.judged(mail, assessment, reply, "handoff undecided: " + detail);
        };
    }

    /// Repeats an undecided handoff under the same id while there is time; the store keeps at most one mail of it.
    private HandoffResult settle(Handoff handoff, Deadline deadline) {
        Duration pause = FIRST_PAUSE;
        HandoffResult result = store.handOver(handoff, deadline);
        while (result instanceof HandoffResult.Indeterminate
                && deadline.remaining().compareTo(pause) > 0) {
            if (!pausedFor(pause)) {
                return result;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            result = store.handOver(handoff, deadline);
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
