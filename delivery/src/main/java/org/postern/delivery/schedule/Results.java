// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.DsnReport;
import org.postern.delivery.dsn.Notifier;
import org.postern.delivery.spool.RecipientOutcome;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;

/// What came out of one attempt, recipient by recipient, and what follows from it. Many threads tell; its own
/// lock guards it.
///
/// A recipient that failed for good is recorded only when the report about it is durable: until then a crash
/// has it tried again, which is told apart from never being heard of again.
final class Results implements Destination.Outcomes {
    private final SpoolStore spool;
    private final SpoolStore.Lease lease;
    private final StoredMail mail;
    private final Notifier notifier;
    private final DeliveryConfig config;
    private final InstantSource clock;
    private final Backoff backoff;
    private final DeliveryMeters meters;
    private final BooleanSupplier stopped;
    private final DeliveryLog log;

    private final Set<Integer> heard = new HashSet<>();
    private final List<DsnReport> failures = new ArrayList<>();
    private final List<DsnReport> delays = new ArrayList<>();
    private Instant notBefore = Instant.MAX;
    private Instant busyUntil = Instant.MAX;
    private String reason = "";

    Results(
            SpoolStore spool,
            SpoolStore.Lease lease,
            StoredMail mail,
            Notifier notifier,
            DeliveryConfig config,
            InstantSource clock,
            Backoff backoff,
            DeliveryMeters meters,
            BooleanSupplier stopped) {
        this.spool = spool;
        this.lease = lease;
        this.mail = mail;
        this.notifier = notifier;
        this.config = config;
        this.clock = clock;
        this.backoff = backoff;
        this.meters = meters;
        this.stopped = stopped;
        this.log = new DeliveryLog(mail, clock);
    }

    /// Those of whom the destination said nothing are tried again.
    synchronized void silent(List<Destination.Stop> stops, String why) {
        for (Destination.Stop stop : stops) {
            if (!heard.contains(stop.recipient())) {
                deferred(stop.recipient(), new Destination.Outcome.Deferred(why));
            }
        }
    }

    @Override
    public synchronized void of(int recipient, Destination.Outcome outcome) throws IOException {
        if (!heard.add(recipient)) {
            throw new IllegalStateException("recipient " + recipient + " was heard of twice");
        }
        switch (outcome) {
            case Destination.Outcome.Delivered delivered -> delivered(recipient, delivered);
            case Destination.Outcome.Failed failed -> {
                meters.count(failed);
                failures.add(new DsnReport(recipient, DsnReport.Action.FAILED, failed.diagnosis(), failed.reason()));
            }
            case Destination.Outcome.Deferred deferred -> deferred(recipient, deferred);
            case Destination.Outcome.Busy busy -> {
                meters.count(busy);
                busyUntil = busy.until().isBefore(busyUntil) ? busy.until() : busyUntil;
            }
        }
    }

    private void delivered(int recipient, Destination.Outcome.Delivered outcome) throws IOException {
        meters.count(outcome);
        boolean asked = mail.envelope().recipients().get(recipient).dsnNotify().contains("SUCCESS");
        if (asked && outcome.success() != Destination.Success.PASSED_ON) {
            boolean last = outcome.success() == Destination.Success.FINAL;
            Notifier.Told _ = notifier.tell(
                    mail,
                    List.of(new DsnReport(
                            recipient,
                            last ? DsnReport.Action.DELIVERED : DsnReport.Action.RELAYED,
                            Diagnosis.DELIVERED,
                            last
                                    ? "The mail is in the mailbox."
                                    : "The mail was handed to a host that sends no reports.")));
        }
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(recipient, true, outcome.text())));
        log.delivered(recipient, outcome.text());
    }

    private void deferred(int recipient, Destination.Outcome.Deferred outcome) {
        reason = outcome.reason();
        // Who was only not waited for has not been tried for too long.
        if (expired() && !stopped.getAsBoolean()) {
            meters.count(new Destination.Outcome.Failed(reason));
            failures.add(new DsnReport(
                    recipient,
                    DsnReport.Action.FAILED,
                    // RFC 3463 section 3.5: X.4.7, delivery time expired.
                    new Diagnosis(
                            "5.4.7",
                            outcome.diagnosis().remote(),
                            outcome.diagnosis().reply()),
                    "it was tried for too long; at last: " + reason));
            return;
        }
        meters.count(outcome);
        delays.add(new DsnReport(recipient, DsnReport.Action.DELAYED, outcome.diagnosis(), reason));
        // The first one counts: a site that is left alone for long must not keep the others' mail.
        notBefore = outcome.notBefore().isBefore(notBefore) ? outcome.notBefore() : notBefore;
        log.deferred(recipient, reason);
    }

    private boolean expired() {
        return mail.received().plus(config.expiry()).isBefore(clock.instant());
    }

    /// Everybody was told of: reports what is to be reported, and gives the mail back.
    synchronized void finish() throws IOException {
        if (!failures.isEmpty()) {
            Notifier.Told told = notifier.tell(mail, failures);
            for (DsnReport failure : failures) {
                log.failed(failure.recipient(), failure.text(), told.text());
            }
            spool.recipientOutcome(
                    lease,
                    mail,
                    failures.stream()
                            .map(failure -> new RecipientOutcome(
                                    failure.recipient(),
                                    told.settled(),
                                    "failed, " + told.text() + ": " + failure.text()))
                            .toList());
        }
        if (!delays.isEmpty() && warningIsDue()) {
            Notifier.Told told = notifier.tell(mail, delays);
            log.waits(told.text());
        }
        boolean onlyBusy = delays.isEmpty() && !busyUntil.equals(Instant.MAX);
        if (onlyBusy) {
            spool.giveBack(lease, busyUntil);
            return;
        }
        Instant next = clock.instant().plus(backoff.after(mail.attempts() + 1));
        next = !delays.isEmpty() && notBefore.isAfter(next) ? notBefore : next;
        next = busyUntil.isBefore(next) ? busyUntil : next;
        spool.giveBack(lease, mail, stopped.getAsBoolean() ? clock.instant() : next, reason);
    }

    /// Once: in the first attempt after the time. Should a crash hide the attempt before, the
    /// report has the same id.
    private boolean warningIsDue() {
        Instant due = mail.received().plus(config.warnAfter());
        return !config.warnAfter().isZero()
                && !due.isAfter(clock.instant())
                && mail.lastAttempt().isBefore(due);
    }
}
