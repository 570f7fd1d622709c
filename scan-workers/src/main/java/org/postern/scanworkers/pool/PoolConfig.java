// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How a pool of backends behaves.
public record PoolConfig(
        @Doc("How many mails one backend scans at once, 1 to 1000; not more than the backend's own threads.")
        @Default("10")
        int maxConnections,

        @Doc("How many mails may wait for a place in the pool, 0 to 100000; more are told to come back.")
        @Default("1000")
        int maxWaiting,

        @Doc("How often a backend that works is probed, 1s to 1h.") @Default("10s")
        Duration probeInterval,

        @Doc("How long a probe may take, 1s to 60s.") @Default("5s")
        Duration probeTimeout,

        @Doc("The longest pause between probes of a backend that does not work, 1s to 30s; it begins at half a second.")
        @Default("3s")
        Duration probeBackoffMax) {
    /// The values of a configuration that says nothing.
    public static final PoolConfig DEFAULTS =
            new PoolConfig(10, 1_000, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(3));

    /// With the usual pauses between probes of a backend that does not work.
    public static PoolConfig of(int maxConnections, int maxWaiting, Duration probeInterval, Duration probeTimeout) {
        return new PoolConfig(maxConnections, maxWaiting, probeInterval, probeTimeout, DEFAULTS.probeBackoffMax());
    }

    public PoolConfig {
        check("max-connections", maxConnections, 1, 1_000);
        check("max-waiting", maxWaiting, 0, 100_000);
        check("probe-interval", probeInterval, 1_000, 3_600_000);
        check("probe-timeout", probeTimeout, 1_000, 60_000);
        check("probe-backoff-max", probeBackoffMax, 1_000, 30_000);
    }

    /// Refuses a time out of bounds, with a sentence for whoever wrote it.
    public static void check(String name, Duration value, long minMillis, long maxMillis) {
        if (value.toMillis() < minMillis || value.toMillis() > maxMillis) {
            throw new IllegalArgumentException(
                    name + " must be " + minMillis + "ms to " + maxMillis / 1000 + "s, not " + value.toMillis() + "ms");
        }
    }

    /// Refuses times out of bounds, with a sentence for whoever wrote them.
    public static void checkTimes(Duration connectTimeout, Duration scanTimeout, Duration abandonTimeout) {
        check("connect-timeout", connectTimeout, 100, 60_000);
        check("scan-timeout", scanTimeout, 1_000, 600_000);
        check("abandon-timeout", abandonTimeout, 1_000, 3_600_000);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
        }
    }
}
