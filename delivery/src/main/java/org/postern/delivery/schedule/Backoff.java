// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: twice as long each time up to a bound, give or take a fifth so that
/// mails deferred together do not come back together.
record Backoff(Duration first, Duration max, RandomGenerator random) {
    /// @param attempts attempts made so far, at least 1
    Duration after(int attempts) {
        long doubled = first.toMillis() << Math.clamp(attempts - 1, 0, 30);
        long bounded = doubled <= 0 ? max.toMillis() : Math.min(doubled, max.toMillis());
        return Duration.ofMillis(Math.max(1, (long) (bounded * random.nextDouble(0.8, 1.2))));
    }
}
