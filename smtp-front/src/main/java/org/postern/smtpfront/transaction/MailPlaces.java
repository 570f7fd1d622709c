// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.limits.Deadline;

/// The places for mails that are worked on at once. Strangers can take some of them only; the others are kept for users
/// who have logged in. Any thread.
final class MailPlaces {
    private final Semaphore all;
    private final Semaphore strangers;

    /// @param all places there are
    /// @param strangers how many of them strangers may take
    MailPlaces(int all, int strangers) {
        this.all = new Semaphore(all);
        this.strangers = new Semaphore(strangers);
    }

    /// Waits for a place.
    ///
    /// @return whether there was one before the end; it must be given back with [#leave]
    boolean take(boolean user, Deadline end) {
        try {
            return user ? acquired(all, end) : takeAsStranger(end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean takeAsStranger(Deadline end) throws InterruptedException {
        if (!acquired(strangers, end)) {
            return false;
        }
        boolean placed = false;
        try {
            placed = acquired(all, end);
            return placed;
        } finally {
            if (!placed) {
                strangers.release();
            }
        }
    }

    private static boolean acquired(Semaphore places, Deadline end) throws InterruptedException {
        return places.tryAcquire(end.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    /// Gives a place back.
    void leave(boolean user) {
        all.release();
        if (!user) {
            strangers.release();
        }
    }
}
