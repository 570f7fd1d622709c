// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.limits.Deadline;

/// How many mails a front hands to one store at the same time: as many as the store says, which changes. The lock
/// guards all fields.
final class PeerPlaces {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int limit;
    private int taken;
    private int waiting;

    /// @param most places where the store does not say, and never more
    PeerPlaces(int most) {
        this.most = most;
        this.limit = most;
    }

    /// The store has said how many it wants; 0 means that it did not say.
    void told(int places) {
        lock.lock();
        try {
            limit = places == 0 ? most : Math.min(most, places);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a place; false when the deadline came first.
    boolean take(Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        waiting++;
        try {
            while (taken >= limit) {
                long nanos = deadline.remainingNanos();
                if (nanos == 0) {
                    return false;
                }
                long _ = changed.awaitNanos(Math.min(nanos, TimeUnit.SECONDS.toNanos(1)));
            }
            taken++;
            return true;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            taken--;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Whether as many mails wait as are handed over: more had better not begin.
    boolean full() {
        lock.lock();
        try {
            return taken >= limit && waiting >= limit;
        } finally {
            lock.unlock();
        }
    }
}
