// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.postern.delivery.dsn.Notifier;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.delivery.spool.SpoolStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes mails from the spool when they are due and gives them to their destinations.
///
/// One dispatcher thread claims, one virtual thread works on each claimed mail, as many as there
/// are permits. What goes wrong in the dispatcher is logged, shown by [#trouble], and tried again. A mail
/// that waits for a slow host keeps its permit; how many may wait for one host is bounded where
/// hosts are known.
public final class DeliveryService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryService.class);
    private static final Duration CLAIM_WAIT = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long GRACE_SECONDS = 5;
    private static final long STOP_SECONDS = 3;

    private final SpoolStore spool;
    private final Routing routing;
    private final Destinations destinations;
    private final DeliveryConfig config;
    private final InstantSource clock;
    private final Backoff backoff;
    private final Notifier notifier;
    private final DeliveryMeters meters;
    private final Semaphore permits;
    private final Thread dispatcher;
    private volatile String trouble = "";
    private volatile boolean stopped;

    public DeliveryService(
            SpoolStore spool,
            Routing routing,
            Destinations destinations,
            Notifier notifier,
            DeliveryConfig config,
            InstantSource clock,
            MeterRegistry registry) {
        this.spool = spool;
        this.routing = routing;
        this.destinations = destinations;
        this.notifier = notifier;
        this.config = config;
        this.clock = clock;
        this.backoff = new Backoff(config.retryFirst(), config.retryMax(), RandomGenerator.getDefault());
        this.meters = new DeliveryMeters(registry);
        this.permits = new Semaphore(config.mailsAtOnce());
        this.dispatcher = Thread.ofPlatform()
                .daemon()
                .name("delivery-dispatcher")
                .uncaughtExceptionHandler((_, e) -> LOG.error("no delivery begins any more; restart the store", e))
                .start(this::dispatch);
    }

    private void dispatch() {
        try {
            while (!stopped) {
                try {
                    dispatchOnce();
                    trouble = "";
                } catch (RuntimeException e) {
                    LOG.error("deliveries cannot be begun; the next try is in {}", PAUSE, e);
                    trouble = "deliveries cannot be begun: " + e;
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the dispatcher ends: only close() interrupts it");
        }
    }

    private void dispatchOnce() throws InterruptedException {
        int free = 0;
        try {
            permits.acquire();
            free = 1 + permits.drainPermits();
            List<SpoolStore.Lease> leases = spool.claim(free, CLAIM_WAIT);
            free -= leases.size();
            for (SpoolStore.Lease lease : leases) {
                Thread.ofVirtual().name("delivery-" + lease.id()).start(() -> work(lease));
            }
        } finally {
            permits.release(free);
        }
    }

    /// Why no delivery is begun; empty where they are.
    public String trouble() {
        return dispatcher.isAlive() || stopped
                ? trouble
                : "the thread that begins deliveries has ended; restart the store";
    }

    private void work(SpoolStore.Lease lease) {
        try {
            new Attempt(spool, lease, routing, destinations, notifier, config, clock, backoff, meters, () -> stopped)
                    .run();
        } catch (DamagedMailException e) {
            meters.damaged();
            spool.setAside(lease, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            LOG.error("mail {} cannot be worked on and is tried again", lease.id(), e);
            spool.giveBack(lease, clock.instant().plus(backoff.after(1)));
        } finally {
            permits.release();
        }
    }

    /// Claims nothing more and waits for what is running, at most 8 s; what is still running then is done
    /// again after the next start.
    @Override
    public void close() {
        stopped = true;
        dispatcher.interrupt();
        try {
            dispatcher.join();
            if (permits.tryAcquire(config.mailsAtOnce(), GRACE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
            destinations.hangUp();
            if (!permits.tryAcquire(config.mailsAtOnce(), STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("deliveries still running are left; they are done again after the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
