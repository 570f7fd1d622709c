// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.postern.core.limits.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Probes one backend for as long as the pool lives, on a virtual thread of its own: at a steady interval while it
/// works, sooner when mails fared badly, and with growing, jittered pauses while it does not.
final class Prober<B extends Backend> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private final Roster<B> roster;
    private final Slot<B> slot;
    private final PoolConfig config;
    private final PoolMeters meters;

    Prober(Roster<B> roster, Slot<B> slot, PoolConfig config, PoolMeters meters) {
        this.meters = meters;
        this.roster = roster;
        this.slot = slot;
        this.config = config;
    }

    @Override
    public void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (true) {
                boolean up = probe();
                if (up) {
                    pause = FIRST_PAUSE;
                    waitAtMost(jittered(config.probeInterval()));
                    Thread.sleep(100); // many mails may fare badly at once: one probe is enough
                } else {
                    Thread.sleep(jittered(pause));
                    pause = shorter(pause.multipliedBy(2), config.probeBackoffMax());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean probe() throws InterruptedException {
        slot.wakeUp.drainPermits();
        Backend.Probe probe;
        try {
            probe = slot.backend.probe(roster.seenUp(slot), Deadline.in(config.probeTimeout()));
        } catch (RuntimeException e) {
            LOG.error("the probe of {} failed, which is a defect", slot.backend.name(), e);
            probe = new Backend.Probe(BackendState.DEAD, "the probe failed: " + e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("closed while it was probed, which says nothing of the backend");
        }
        roster.probed(slot, probe);
        meters.probed(slot.backend.name(), probe.state());
        return probe.state() == BackendState.UP;
    }

    private void waitAtMost(Duration time) throws InterruptedException {
        boolean woken = slot.wakeUp.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS);
        if (woken) {
            slot.wakeUp.drainPermits();
        }
    }

    private static Duration jittered(Duration time) {
        return time.multipliedBy(ThreadLocalRandom.current().nextLong(75, 126)).dividedBy(100);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
