// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import java.time.Duration;
import java.util.function.LongSupplier;

/// A point in time by which something must have ended, on the monotonic clock.
///
/// Immutable and safe to share. A deadline never moves; the parts of a job get earlier ones of their own
/// with [#within(Duration)] and [#keeping(Duration)]. Wall-clock jumps do not move it.
public final class Deadline {
    private final long endNanos;
    private final LongSupplier nanoTime;

    private Deadline(long endNanos, LongSupplier nanoTime) {
        this.endNanos = endNanos;
        this.nanoTime = nanoTime;
    }

    /// A deadline `span` from now; `span` may be zero, which is already past.
    public static Deadline in(Duration span) {
        return in(span, System::nanoTime);
    }

    /// As [#in(Duration)] on the given source of monotonic nanoseconds, for tests with a clock of their own.
    public static Deadline in(Duration span, LongSupplier nanoTime) {
        if (span.isNegative()) {
            throw new IllegalArgumentException("a deadline cannot lie in the past: " + span);
        }
        return new Deadline(nanoTime.getAsLong() + span.toNanos(), nanoTime);
    }

    /// The time left, never negative.
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /// The time left in nanoseconds, never negative.
    public long remainingNanos() {
        return Math.max(0, endNanos - nanoTime.getAsLong());
    }

    /// The time left in whole milliseconds, rounded up, so that it is 0 only when the deadline has passed. At most
    /// `Integer.MAX_VALUE`, which
    /// suits socket time-outs (where 0 would mean "for ever": check [#expired()] first).
    public int remainingMillis() {
        return (int) Math.min(Integer.MAX_VALUE, (remainingNanos() + 999_999) / 1_000_000);
    }

    /// Whether the time is over.
    public boolean expired() {
        return remainingNanos() == 0;
    }

    /// The earlier of this deadline and `span` from now.
    public Deadline within(Duration span) {
        long other = nanoTime.getAsLong() + span.toNanos();
        return other - endNanos < 0 ? new Deadline(other, nanoTime) : this;
    }

    /// This deadline less a reserve kept for what must still happen afterwards.
    public Deadline keeping(Duration reserve) {
        return new Deadline(endNanos - reserve.toNanos(), nanoTime);
    }

    @Override
    public String toString() {
        return "in " + remaining();
    }
}
