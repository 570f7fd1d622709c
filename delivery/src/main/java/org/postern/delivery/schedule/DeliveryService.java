// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.delivery.spool.RecipientOutcome;
import org.postern.delivery.spool.RecipientState;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes mails from the spool when they are due and gives them to their destination.
///
/// One dispatcher thread claims, one virtual thread works on each claimed mail, as many as there are permits.
public final class DeliveryService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryService.class);
    private static final Duration CLAIM_WAIT = Duration.ofSeconds(1);
    private static final long STOP_SECONDS = 8;

    private final SpoolStore spool;
    private final Destination destination;
    private final DeliveryConfig config;
    private final InstantSource clock;
    private final Backoff backoff;
    private final Semaphore permits;
    private final Counter delivered;
    private final Counter deferred;
    private final Counter failed;
    private final Counter damaged;
    private final Thread dispatcher;
    private volatile boolean stopped;

    public DeliveryService(
            SpoolStore spool,
            Destination destination,
            DeliveryConfig config,
            InstantSource clock,
            MeterRegistry meters) {
        this.spool = spool;
        this.destination = destination;
        this.config = config;
        this.clock = clock;
        this.backoff = new Backoff(config.retryFirst(), config.retryMax(), RandomGenerator.getDefault());
        this.permits = new Semaphore(config.concurrency());
        this.delivered = meters.counter("postern.delivery.recipients", "outcome", "delivered");
        this.deferred = meters.counter("postern.delivery.recipients", "outcome", "deferred");
        this.failed = meters.counter("postern.delivery.recipients", "outcome", "failed");
        this.damaged = meters.counter("postern.delivery.damaged");
        this.dispatcher =
                Thread.ofPlatform().daemon().name("delivery-dispatcher").start(this::dispatch);
    }

    private void dispatch() {
        while (!stopped) {
            int free = 0;
            try {
                permits.acquire();
                free = 1 + permits.drainPermits();
                List<SpoolStore.Lease> leases = spool.claim(free, CLAIM_WAIT);
                free -= leases.size();
                for (SpoolStore.Lease lease : leases) {
                    Thread.ofVirtual().name("delivery-" + lease.id()).start(() -> work(lease));
                }
            } catch (InterruptedException e) {
                // Only close() interrupts.
                return;
            } finally {
                permits.release(free);
            }
        }
    }

    private void work(SpoolStore.Lease lease) {
        try {
            deliver(lease);
        } catch (DamagedMailException e) {
            damaged.increment();
            spool.setAside(lease, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            LOG.error("mail {} cannot be worked on and is tried again", lease.id(), e);
            spool.giveBack(lease, clock.instant().plus(backoff.after(1)));
        } finally {
            permits.release();
        }
    }

    private void deliver(SpoolStore.Lease lease) throws IOException {
        StoredMail mail = spool.open(lease);
        boolean expired = mail.received().plus(config.expiry()).isBefore(clock.instant());
        String reason = "";
        for (int i = 0; i < mail.recipients().size(); i++) {
            if (mail.recipients().get(i) != RecipientState.PENDING) {
                continue;
            }
            if (stopped) {
                reason = "the store stopped";
                break;
            }
            Destination.Outcome outcome = attempt(mail, i, !lease.fresh());
            switch (outcome) {
                case Destination.Outcome.Delivered(String text) -> {
                    delivered.increment();
                    record(lease, mail, new RecipientOutcome(i, true, text));
                }
                case Destination.Outcome.Failed(String text) -> fail(lease, mail, i, text);
                case Destination.Outcome.Deferred(String text) -> {
                    reason = text;
                    if (expired) {
                        fail(lease, mail, i, "expired: " + text);
                    } else {
                        deferred.increment();
                        LOG.info("{} to {} deferred: {}", lease.id(), recipient(mail, i), text);
                    }
                }
            }
        }
        Instant next = clock.instant().plus(stopped ? Duration.ZERO : backoff.after(mail.attempts() + 1));
        spool.giveBack(lease, mail, next, reason);
    }

    private Destination.Outcome attempt(StoredMail mail, int i, boolean redo) throws DamagedMailException {
        try {
            return destination.deliver(mail, i, redo);
        } catch (DamagedMailException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} to {} failed", mail.id(), recipient(mail, i), e);
            return new Destination.Outcome.Deferred(String.valueOf(e));
        }
    }

    private void fail(SpoolStore.Lease lease, StoredMail mail, int i, String text) throws IOException {
        failed.increment();
        LOG.error("{} to {} failed for good: {}", lease.id(), recipient(mail, i), text);
        record(lease, mail, new RecipientOutcome(i, false, text));
    }

    private void record(SpoolStore.Lease lease, StoredMail mail, RecipientOutcome outcome) throws IOException {
        spool.recipientOutcome(lease, mail, List.of(outcome));
    }

    private static String recipient(StoredMail mail, int i) {
        return mail.envelope().recipients().get(i).toString();
    }

    /// Claims nothing more and waits for what is running, at most 8 s; what is still running then is done again
    /// after the next start.
    @Override
    public void close() {
        stopped = true;
        dispatcher.interrupt();
        try {
            dispatcher.join();
            if (!permits.tryAcquire(config.concurrency(), STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("deliveries still running are left; they are done again after the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
