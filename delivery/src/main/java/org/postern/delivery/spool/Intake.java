// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContent;

/// Bounds how many mails are taken in at once, over all protocols, and counts what became of them.
public final class Intake {
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final SpoolStore spool;
    private final Semaphore places;
    private final MeterRegistry meters;
    private final LongSupplier nanoTime;
    private final Set<Running> underWay = ConcurrentHashMap.newKeySet();
    /// How long commits take, averaged over the last ones.
    private final AtomicLong commitNanos = new AtomicLong();

    public Intake(SpoolStore spool, int concurrency, MeterRegistry meters) {
        this(spool, concurrency, meters, System::nanoTime);
    }

    Intake(SpoolStore spool, int concurrency, MeterRegistry meters, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.spool = spool;
        this.places = new Semaphore(concurrency);
        this.meters = meters;
    }

    /// Writes the octets of a mail.
    public interface Body<E extends Exception> {
        void writeTo(SpoolStore.Put put) throws E;
    }

    /// A body that is there already.
    public static Body<IOException> octetsOf(MessageContent content) {
        return put -> content.writeTo(new OutputStream() {
            @Override
            public void write(int octet) {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int offset, int length) {
                put.write(octets, offset, length);
            }
        });
    }

    /// Takes one mail in. The body is read to its end even when the mail is refused at once, so that the answer
    /// comes after the last octet.
    ///
    /// @param protocol for the meters
    /// @throws E what the body throws; nothing is kept then
    public <E extends Exception> SpoolStore.Commit take(
            Submission submission, Deadline deadline, String protocol, Body<E> body) throws E {
        SpoolStore.Commit result = takeCounted(submission, deadline, body);
        String name = switch (result) {
            case SpoolStore.Commit.Accepted(boolean duplicate, var id) -> duplicate ? "duplicate" : "accepted";
            case SpoolStore.Commit.Refused(boolean permanent, var detail) -> permanent ? "rejected" : "deferred";
            case SpoolStore.Commit.Indeterminate(var detail) -> "indeterminate";
        };
        meters.counter("postern.store.handoffs", "protocol", protocol, "outcome", name)
                .increment();
        return result;
    }

    private <E extends Exception> SpoolStore.Commit takeCounted(Submission submission, Deadline deadline, Body<E> body)
            throws E {
        if (!acquire(deadline)) {
            body.writeTo(Nowhere.INSTANCE);
            return new SpoolStore.Commit.Refused(false, "too many handoffs at once");
        }
        try {
            return switch (spool.begin(submission, deadline)) {
                case SpoolStore.Begin.Refused(boolean permanent, String detail) -> {
                    body.writeTo(Nowhere.INSTANCE);
                    yield new SpoolStore.Commit.Refused(permanent, detail);
                }
                case SpoolStore.Begin.Open(SpoolStore.Put put) -> {
                    try (put) {
                        body.writeTo(put);
                        yield commit(put);
                    }
                }
            };
        } finally {
            places.release();
        }
    }

    /// A commit under way; no two are the same.
    private static final class Running {
        private final long began;

        Running(long began) {
            this.began = began;
        }
    }

    private SpoolStore.Commit commit(SpoolStore.Put put) {
        Running commit = new Running(nanoTime.getAsLong());
        underWay.add(commit);
        try {
            return put.commit();
        } finally {
            underWay.remove(commit);
            took(nanoTime.getAsLong() - commit.began);
        }
    }

    /// Whether a mail of this id was taken in before, and is remembered.
    public boolean has(HandoffId id) {
        return spool.status(id) == SpoolStore.Status.ACCEPTED;
    }

    private void took(long nanos) {
        long _ = commitNanos.accumulateAndGet(
                nanos, (average, last) -> average == 0 ? last : average + (last - average) / 8);
    }

    /// How slow the disk is: 0 while a commit takes less than half a second, and one more with every
    /// doubling. Each step should halve what comes in. A disk that does not come back at all is told by the commits
    /// that wait for it.
    public int slowness() {
        long now = nanoTime.getAsLong();
        long longest = commitNanos.get();
        for (Running commit : underWay) {
            longest = Math.max(longest, now - commit.began);
        }
        return 64 - Long.numberOfLeadingZeros(longest / SLOW_NANOS);
    }

    private boolean acquire(Deadline deadline) {
        try {
            return places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Takes what nobody keeps.
    private enum Nowhere implements SpoolStore.Put {
        INSTANCE;

        @Override
        public void write(byte[] octets, int offset, int length) {}

        @Override
        public SpoolStore.Commit commit() {
            throw new IllegalStateException("nothing is kept here");
        }

        @Override
        public void close() {}
    }
}
