// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;

/// Which mails there are and when each is due, in memory. One lock guards everything.
final class SpoolIndex {
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<HandoffId, SpoolEntry> mails = new HashMap<>();
    private final PriorityQueue<SpoolEntry> due =
            new PriorityQueue<>(Comparator.comparingLong((SpoolEntry entry) -> entry.nextMillis));
    private long lastToken;
    private boolean closed;

    SpoolIndex(InstantSource clock) {
        this.clock = clock;
    }

    /// The monotonic clock, so that a jump of the wall clock moves nothing that waits.
    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /// A time of the wall clock on the monotonic one.
    private long monotonic(long wallMillis) {
        return now() + (wallMillis - clock.millis());
    }

    /// Adds a mail; false where it is known already.
    boolean add(HandoffId id, long nextMillis, boolean fresh) {
        lock.lock();
        try {
            SpoolEntry entry = new SpoolEntry(id, monotonic(nextMillis), fresh);
            if (mails.putIfAbsent(id, entry) != null) {
                return false;
            }
            due.add(entry);
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean contains(HandoffId id) {
        lock.lock();
        try {
            return mails.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return mails.size();
        } finally {
            lock.unlock();
        }
    }

    /// Takes what is due; waits for the first one at most `wait`.
    List<SpoolStore.Lease> claim(int max, Duration wait) throws InterruptedException {
        long left = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && left > 0 && !firstIsDue()) {
                SpoolEntry first = due.peek();
                long untilDue = first == null ? Long.MAX_VALUE : first.nextMillis - now();
                long nanos = Math.min(left, TimeUnit.MILLISECONDS.toNanos(Math.clamp(untilDue, 1, 1000)));
                left -= nanos - changed.awaitNanos(nanos);
            }
            List<SpoolStore.Lease> claimed = new ArrayList<>();
            while (!closed && claimed.size() < max && firstIsDue()) {
                SpoolEntry entry = due.remove();
                entry.token = ++lastToken;
                claimed.add(new SpoolStore.Lease(entry.id, entry.token, entry.fresh));
                entry.fresh = false;
            }
            return claimed;
        } finally {
            lock.unlock();
        }
    }

    private boolean firstIsDue() {
        SpoolEntry first = due.peek();
        return first != null && first.nextMillis <= now();
    }

    /// Whether the lease is the one that counts.
    boolean holds(SpoolStore.Lease lease) {
        lock.lock();
        try {
            return entryOf(lease) != null;
        } finally {
            lock.unlock();
        }
    }

    /// Puts a claimed mail back.
    void giveBack(SpoolStore.Lease lease, long nextMillis) {
        lock.lock();
        try {
            SpoolEntry entry = entryOf(lease);
            if (entry != null) {
                entry.token = 0;
                entry.nextMillis = monotonic(nextMillis);
                due.add(entry);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a claimed mail.
    void remove(SpoolStore.Lease lease) {
        lock.lock();
        try {
            if (entryOf(lease) != null) {
                mails.remove(lease.id());
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable SpoolEntry entryOf(SpoolStore.Lease lease) {
        SpoolEntry entry = mails.get(lease.id());
        return entry != null && entry.token == lease.token() ? entry : null;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
