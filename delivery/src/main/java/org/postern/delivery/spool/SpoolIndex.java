// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.TransactionId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which mails there are and when each is due, in memory. One lock guards everything.
///
/// A claimed mail stays in the heap, due at the end of its lease: whoever never came back loses it.
final class SpoolIndex {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolIndex.class);

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SpoolTable mails = new SpoolTable();
    private final DueHeap due = new DueHeap();
    private long lastToken;
    private boolean paused;
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
    boolean add(HandoffId id, long size, long nextMillis, boolean fresh, boolean held) {
        lock.lock();
        try {
            SpoolEntry entry = new SpoolEntry(id, size, monotonic(nextMillis), fresh, held);
            if (!mails.add(entry)) {
                return false;
            }
            place(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean contains(HandoffId id) {
        lock.lock();
        try {
            return mails.get(id) != null;
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
    List<SpoolStore.Lease> claim(int max, Duration wait, Duration lease) throws InterruptedException {
        long left = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && left > 0 && (paused || firstDue() == null)) {
                SpoolEntry first = paused ? null : due.first();
                long untilDue = first == null ? Long.MAX_VALUE : first.dueMillis - now();
                long nanos = Math.min(left, TimeUnit.MILLISECONDS.toNanos(Math.clamp(untilDue, 1, 1000)));
                left -= nanos - changed.awaitNanos(nanos);
            }
            List<SpoolStore.Lease> claimed = new ArrayList<>();
            while (!closed && !paused && claimed.size() < max) {
                SpoolEntry entry = firstDue();
                if (entry == null) {
                    break;
                }
                claimed.add(lend(entry, lease));
            }
            return claimed;
        } finally {
            lock.unlock();
        }
    }

    /// The first mail that may be claimed now. Leases that have ended are taken back on the way.
    private @Nullable SpoolEntry firstDue() {
        SpoolEntry first = due.first();
        while (first != null && first.dueMillis <= now()) {
            if (first.token != 0) {
                LOG.error("the lease of {} has ended; whoever worked on it may record nothing more", first.id());
                first.token = 0;
            }
            if (!first.held) {
                return first;
            }
            due.remove(first);
            first = due.first();
        }
        return null;
    }

    private SpoolStore.Lease lend(SpoolEntry entry, Duration lease) {
        entry.token = ++lastToken;
        entry.dueMillis = now() + lease.toMillis();
        due.put(entry);
        SpoolStore.Lease lent = new SpoolStore.Lease(entry.id(), entry.token, entry.fresh);
        entry.fresh = false;
        return lent;
    }

    /// Takes one mail, due or not, held or not; empty where it is not here or somebody has it.
    Optional<SpoolStore.Lease> take(HandoffId id, Duration lease) {
        lock.lock();
        try {
            SpoolEntry entry = mails.get(id);
            return entry == null || entry.token != 0 ? Optional.empty() : Optional.of(lend(entry, lease));
        } finally {
            lock.unlock();
        }
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

    /// Makes a lease last from now on; false where it has ended.
    boolean renew(SpoolStore.Lease lease, Duration more) {
        lock.lock();
        try {
            SpoolEntry entry = entryOf(lease);
            if (entry != null) {
                entry.dueMillis = now() + more.toMillis();
                due.put(entry);
            }
            return entry != null;
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
                entry.dueMillis = monotonic(nextMillis);
                place(entry);
            }
        } finally {
            lock.unlock();
        }
    }

    private void place(SpoolEntry entry) {
        if (entry.held) {
            due.remove(entry);
        } else {
            due.put(entry);
            if (!paused) {
                changed.signal();
            }
        }
    }

    /// Forgets a claimed mail.
    void remove(SpoolStore.Lease lease) {
        lock.lock();
        try {
            SpoolEntry entry = entryOf(lease);
            if (entry != null) {
                mails.remove(entry);
                due.remove(entry);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable SpoolEntry entryOf(SpoolStore.Lease lease) {
        SpoolEntry entry = mails.get(lease.id());
        return entry != null && entry.token == lease.token() ? entry : null;
    }

    /// Keeps a mail from being claimed, or lets it go at once. What runs ends as it would have.
    void hold(HandoffId id, boolean held) {
        lock.lock();
        try {
            SpoolEntry entry = mails.get(id);
            if (entry != null && entry.held != held) {
                entry.held = held;
                if (entry.token == 0) {
                    entry.dueMillis = held ? entry.dueMillis : now();
                    place(entry);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Makes a waiting mail due now; false where it is held, claimed or not here.
    boolean dueNow(HandoffId id) {
        lock.lock();
        try {
            SpoolEntry entry = mails.get(id);
            if (entry == null || entry.held || entry.token != 0) {
                return false;
            }
            entry.dueMillis = Math.min(entry.dueMillis, now());
            place(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// What is known of a mail in memory.
    record Known(HandoffId id, SpoolQueue.State state, Instant next) {}

    /// What is known of one mail.
    Optional<Known> find(HandoffId id) {
        lock.lock();
        try {
            return Optional.ofNullable(mails.get(id)).map(this::known);
        } finally {
            lock.unlock();
        }
    }

    List<HandoffId> named(TransactionId transaction) {
        long high = MailKey.high(transaction);
        long low = MailKey.low(transaction);
        List<HandoffId> ids = new ArrayList<>();
        lock.lock();
        try {
            mails.forEach(entry -> {
                if (entry.high == high && entry.low == low) {
                    ids.add(entry.id());
                }
            });
        } finally {
            lock.unlock();
        }
        return ids;
    }

    private Known known(SpoolEntry entry) {
        return new Known(entry.id(), entry.state(), clock.instant().plusMillis(entry.dueMillis - now()));
    }

    /// The mails there are now, oldest first. The array costs a reference a mail.
    List<SpoolEntry> snapshot() {
        List<SpoolEntry> all;
        lock.lock();
        try {
            all = new ArrayList<>(mails.size());
            mails.forEach(all::add);
        } finally {
            lock.unlock();
        }
        all.sort(SpoolEntry.BY_AGE);
        return all;
    }

    /// Adds up the queue.
    SpoolQueue.Totals totals() {
        QueueSum sum = new QueueSum(now());
        lock.lock();
        try {
            mails.forEach(sum::add);
        } finally {
            lock.unlock();
        }
        return sum.totals();
    }

    /// Lets nothing be claimed, or everything again. What is claimed already goes on.
    void pause(boolean now) {
        lock.lock();
        try {
            paused = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean paused() {
        lock.lock();
        try {
            return paused;
        } finally {
            lock.unlock();
        }
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
