// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

/// How many mails a backend is given at once: additive increase, multiplicative decrease, between 1 and a ceiling.
/// Not thread-safe; the roster's lock guards it.
final class Limiter {
    private static final long SHRINK_PAUSE_NANOS = 1_000_000_000L;

    private final int ceiling;
    private double limit;
    private long lastShrink;
    private boolean shrunk;

    Limiter(int ceiling) {
        this.ceiling = ceiling;
        this.limit = ceiling;
    }

    int limit() {
        return Math.max(1, (int) limit);
    }

    void answered() {
        limit = Math.min(ceiling, limit + 1 / limit);
    }

    /// Halves the limit, at most once a second: one slow moment is one event, however many mails felt it.
    void tooSlow(long nowNanos) {
        if (!shrunk || nowNanos - lastShrink >= SHRINK_PAUSE_NANOS) {
            shrunk = true;
            lastShrink = nowNanos;
            limit = Math.max(1, limit / 2);
        }
    }
}
