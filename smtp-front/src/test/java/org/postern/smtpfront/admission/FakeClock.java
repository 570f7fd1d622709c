// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Time that passes when a test says so.
final class FakeClock implements LongSupplier {
    private long nanos = 1_000_000_007;

    @Override
    public long getAsLong() {
        return nanos;
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }
}
