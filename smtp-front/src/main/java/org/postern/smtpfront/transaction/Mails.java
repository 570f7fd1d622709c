// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.SmtpFrontConfig;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.admission.Pressure;
import org.postern.smtpfront.ingest.MessageIntake;
import org.postern.smtpfront.ingest.MessageMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Completes mails, and answers in time even when a collaborator does not keep its deadline.
///
/// Each mail is worked on by a thread of its own while the connection's thread waits for it. Past the deadline the
/// client is told 451 and the work goes on unheeded; it keeps its place among the mails at once until it really
/// ends, so that work which hangs cannot pile up.
public final class Mails {
    private static final Logger LOG = LoggerFactory.getLogger(Mails.class);

    private final MailCompletion completion;
    private final Duration span;
    private final Duration answerReserve;
    private final Pressure pressure;
    private final MailPlaces places;
    private final MessageMemory memory;
    private final RecipientPlaces recipients;
    private final LongAdder kept = new LongAdder();
    private final AtomicInteger overdue = new AtomicInteger();

    public Mails(FrontIdentity identity, SmtpFrontConfig config, Collaborators with, Admission admission) {
        this.completion = new MailCompletion(identity, with, config.handoffReserve(), admission);
        this.pressure = admission.pressure();
        this.span = config.deadline();
        Duration tenth = span.dividedBy(10);
        this.answerReserve = tenth.compareTo(Duration.ofSeconds(1)) < 0 ? tenth : Duration.ofSeconds(1);
        this.memory = new MessageMemory(config.limits().mailsAtOnce());
        this.recipients = new RecipientPlaces(config.limits().recipientsAtOnce());
        this.places = new MailPlaces(config.limits().mailsAtOnce(), pressure.strangersPlaces());
        Tags farm = Tags.of("farm", identity.farm());
        with.meters().gauge("postern.smtp.mails.overdue", farm, overdue);
        with.meters().gauge("postern.smtp.messages.in.memory", farm, memory, MessageMemory::taken);
        with.meters().gauge("postern.smtp.recipients.open", farm, recipients, RecipientPlaces::taken);
    }

    /// Where messages are kept that come in, and that are worked on: as many as may be worked on at once.
    public MessageMemory memory() {
        return memory;
    }

    /// Where recipients of open transactions have their places.
    public RecipientPlaces recipients() {
        return recipients;
    }

    /// How many mails the store has taken so far.
    public long kept() {
        return kept.sum();
    }

    /// What becomes of a message that was read to its end.
    public Completion complete(MailInProgress mail, ClientInfo client, MessageIntake ended) {
        return switch (ended.result()) {
            case MessageIntake.Result.Complete complete -> complete(mail, client, complete);
            case MessageIntake.Result.TooLarge() ->
                Completion.whole(
                        mail,
                        Replies.tooLarge(),
                        ended.size(),
                        "larger than limits.message-size, or than the recipient takes");
            case MessageIntake.Result.BareLineEnd() ->
                Completion.whole(mail, Replies.bareLineEnd(), ended.size(), "bare CR or LF");
            case MessageIntake.Result.Unkept(var cause) ->
                Completion.whole(mail, Failures.reply("temp folder", cause), ended.size(), cause.toString());
        };
    }

    /// Takes a message to its end before the farm's deadline, which starts now. It is closed by the one who reads it
    /// last.
    private Completion complete(MailInProgress mail, ClientInfo client, MessageIntake.Result.Complete message) {
        Deadline deadline = Deadline.in(span);
        long size = message.content().size();
        long began = pressure.began();
        try {
            if (!place(client, deadline)) {
                message.close();
                return Completion.whole(mail, Outcome.refused(Replies.busy(), size, "mails-at-once reached"));
            }
            Completion completed = work(mail, client, message, deadline, size);
            completed.parts().stream()
                    .filter(part -> part.outcome().storeId().isPresent())
                    .forEach(part -> kept.increment());
            return completed;
        } finally {
            pressure.ended(began);
        }
    }

    private Completion work(
            MailInProgress mail,
            ClientInfo client,
            MessageIntake.Result.Complete message,
            Deadline deadline,
            long size) {
        Once answer = new Once();
        CompletableFuture<Completion> outcome = new CompletableFuture<>();
        Thread worker = Thread.ofVirtual().name("mail-" + mail.id()).start(() -> {
            try {
                outcome.complete(completion.complete(mail, client, message, deadline.keeping(answerReserve), answer));
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            } finally {
                message.close();
                places.leave(isUser(client));
            }
        });
        return await(mail, outcome, deadline, answer, worker, size);
    }

    private boolean place(ClientInfo client, Deadline deadline) {
        // A quarter of the time: the rest is needed for the mail itself.
        return places.take(isUser(client), deadline.within(span.dividedBy(4)));
    }

    private static boolean isUser(ClientInfo client) {
        return client.authenticatedAs().isPresent();
    }

    private Completion await(
            MailInProgress mail,
            CompletableFuture<Completion> outcome,
            Deadline deadline,
            Once handoff,
            Thread worker,
            long size) {
        try {
            long most = deadline.keeping(answerReserve.dividedBy(2)).remainingNanos();
            return outcome.get(most, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return late(mail, outcome, handoff, worker, size);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Completion.whole(
                    mail, Outcome.refused(Failures.reply("mail " + mail.id(), cause), size, cause.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Completion.whole(mail, Outcome.refused(Replies.busy(), size, "interrupted"));
        }
    }

    /// The deadline is near and there is no outcome. Work that has not come to the handoff never will, and is told
    /// to stop; a handoff under way is left alone, its id settles later what became of it.
    private Completion late(
            MailInProgress mail, CompletableFuture<Completion> outcome, Once handoff, Thread worker, long size) {
        boolean judging = handoff.claim();
        // What hangs takes so long at least: else a front on which nothing ends would seem to be idle.
        if (judging) {
            worker.interrupt();
            pressure.judgedIn(span.toNanos());
        } else {
            pressure.storedIn(span.toNanos());
        }
        String phase = judging ? "judging" : "handing over";
        overdue.incrementAndGet();
        var _ = outcome.whenComplete((_, _) -> overdue.decrementAndGet());
        LOG.warn("mail {} was still {} at its deadline; told to come again", mail.id(), phase);
        return Completion.whole(mail, Outcome.refused(Replies.busy(), size, "deadline passed while " + phase));
    }
}
