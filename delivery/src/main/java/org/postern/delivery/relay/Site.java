// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What is known of one domain, or of the smart host: how many work on it, and whether it is of
/// any use to try.
///
/// A site that has not taken a mail yet gets one connection, so that one which hangs cannot take many; one that
/// failed is left alone for a while, longer each time. Its lock guards everything.
final class Site {
    private static final int UNPROVEN_PLACES = 1;
    private static final int WAITING_PER_PLACE = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BUSY_FIRST = Duration.ofSeconds(1);
    private static final Duration BUSY_MAX = Duration.ofMinutes(10);

    private final int places;
    private final Duration downFirst;
    private final Duration downMax;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private int active;
    private int waiting;
    private boolean proven;
    private int failures;
    private Instant downUntil = Instant.EPOCH;
    private String downWhy = "";
    private Instant lastTurn = Instant.EPOCH;
    private double secondsEach = 1;

    /// Whether one may go on.
    sealed interface Entry {
        /// A place was taken; it must be given back with [#leave] or [#failed].
        record Enter() implements Entry {}

        /// Too many wait already.
        record Busy(Instant until) implements Entry {}

        /// It failed a while ago.
        record Down(Instant until, String why) implements Entry {}
    }

    Site(int places, Duration downFirst, Duration downMax, InstantSource clock) {
        this.places = places;
        this.downFirst = downFirst;
        this.downMax = downMax;
        this.clock = clock;
    }

    Entry enter() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long patience = PATIENCE.toNanos();
            while (true) {
                if (clock.instant().isBefore(downUntil)) {
                    return new Entry.Down(downUntil, downWhy);
                }
                int allowed = proven ? places : Math.min(places, UNPROVEN_PLACES);
                if (active < allowed) {
                    active++;
                    return new Entry.Enter();
                }
                if (waiting >= allowed * WAITING_PER_PLACE || patience <= 0) {
                    return new Entry.Busy(turn());
                }
                waiting++;
                try {
                    patience = freed.awaitNanos(patience);
                } finally {
                    waiting--;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// When the next mail that was turned away has a chance: one after the other at the pace of the site,
    /// so that a long queue is not opened again and again.
    private Instant turn() {
        Instant now = clock.instant();
        Instant earliest = now.plus(BUSY_FIRST);
        Instant next = lastTurn.plusMillis((long) (1000 * Math.clamp(secondsEach, 0.01, 60) / places));
        lastTurn = next.isBefore(earliest) ? earliest : next;
        Instant latest = now.plus(BUSY_MAX);
        return lastTurn.isAfter(latest) ? latest : lastTurn;
    }

    /// A host of it talked to us.
    ///
    /// @param took how long the mail took
    void leave(Duration took) {
        lock.lock();
        try {
            active--;
            proven = true;
            failures = 0;
            secondsEach = 0.8 * secondsEach + 0.2 * took.toMillis() / 1000.0;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A place is given back, and nothing was learnt.
    void leave() {
        lock.lock();
        try {
            active--;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// None of its hosts could be talked to.
    ///
    /// @return until when it is left alone
    Instant failed(String why) {
        lock.lock();
        try {
            active--;
            proven = false;
            if (!clock.instant().isBefore(downUntil)) {
                // Those that were under way at the same time count once.
                failures++;
                long millis = Math.min(downMax.toMillis(), downFirst.toMillis() << Math.min(failures - 1, 20));
                long jittered = (long) (millis * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
                downUntil = clock.instant().plusMillis(Math.max(1, jittered));
                downWhy = why;
            }
            freed.signalAll();
            return downUntil;
        } finally {
            lock.unlock();
        }
    }

    /// Whether it can be forgotten.
    boolean idle() {
        lock.lock();
        try {
            return active == 0
                    && waiting == 0
                    && clock.instant().isAfter(downUntil.plus(downMax))
                    && clock.instant().isAfter(lastTurn.plus(BUSY_MAX));
        } finally {
            lock.unlock();
        }
    }
}
