// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import java.util.function.LongSupplier;

/// Holds as many drops as a rate counts, and all of them run out within its time. Any thread; its monitor guards the
/// fields, and is held for an addition.
public final class LeakyBucket {
    private final Rate rate;
    private final LongSupplier nanoTime;
    private double drops;
    private long lastNanos;

    /// @param nanoTime monotonic nanoseconds
    public LeakyBucket(Rate rate, LongSupplier nanoTime) {
        this.rate = rate;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /// Adds one where there is room for it. Without a bound there always is.
    ///
    /// @return whether there was room
    public synchronized boolean take() {
        boolean room = hasRoom();
        drops += room && !rate.unlimited() ? 1 : 0;
        return room;
    }

    /// Adds one, also to a bucket that is full, which then stays full.
    public synchronized void add() {
        leak();
        drops = Math.min(rate.count(), drops + 1);
    }

    /// Whether there is room for one more.
    public synchronized boolean hasRoom() {
        leak();
        // A millionth, so that rounding does not cost the last place.
        return rate.unlimited() || drops + 1 <= rate.count() + 1e-6;
    }

    /// How many drops there are, rounded up.
    public synchronized int count() {
        leak();
        return (int) Math.ceil(drops - 1e-6);
    }

    private void leak() {
        long now = nanoTime.getAsLong();
        double leaked = (double) (now - lastNanos) * rate.count() / rate.per().toNanos();
        drops = Math.max(0, drops - leaked);
        lastNanos = now;
    }
}
