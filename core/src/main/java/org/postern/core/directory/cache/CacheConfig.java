// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.cache;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How long a directory's answers are remembered.
@Doc("How long a directory's answers are remembered.")
public record CacheConfig(
        @Doc("How many answers are kept; 100 to 10000000. One takes about 1 KiB.") @Default("100000")
        int size,

        @Doc("How long an account is taken as it was; after that the directory is asked again. 1s to 24h.")
        @Default("5m")
        Duration knownFor,

        @Doc("How long \"no such recipient\" is taken as it was; 0s to 1h. A new account is missed this long.")
        @Default("30s")
        Duration unknownFor,

        @Doc("How much longer an account is served while the directory does not answer; 0s to 7d.") @Default("24h")
        Duration staleFor,

        @Doc("How long one waits for the directory before an old answer is given instead; 0s to 30s.") @Default("500ms")
        Duration staleWait,

        @Doc("After the directory did not answer, old answers are given at once for this long; 100ms to 5m.")
        @Default("5s")
        Duration retryAfter,

        @Doc("How long one question to the directory may take; 100ms to 60s.") @Default("10s")
        Duration askTimeout,

        @Doc("How many questions the directory is asked at one time; 1 to 1024.") @Default("64")
        int questions,

        @Doc("How long a right password need not be checked again; 0s to 60s.") @Default("10s")
        Duration loginFor) {
    /// The defaults.
    public static final CacheConfig DEFAULT = new CacheConfig(
            100_000,
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofHours(24),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            64,
            Duration.ofSeconds(10));

    public CacheConfig {
        check(size >= 100 && size <= 10_000_000, "size is 100 to 10000000");
        check(within(knownFor, Duration.ofSeconds(1), Duration.ofHours(24)), "known-for is 1s to 24h");
        check(within(unknownFor, Duration.ZERO, Duration.ofHours(1)), "unknown-for is 0s to 1h");
        check(within(staleFor, Duration.ZERO, Duration.ofDays(7)), "stale-for is 0s to 7d");
        check(within(staleWait, Duration.ZERO, Duration.ofSeconds(30)), "stale-wait is 0s to 30s");
        check(within(retryAfter, Duration.ofMillis(100), Duration.ofMinutes(5)), "retry-after is 100ms to 5m");
        check(within(askTimeout, Duration.ofMillis(100), Duration.ofSeconds(60)), "ask-timeout is 100ms to 60s");
        check(questions >= 1 && questions <= 1024, "questions is 1 to 1024");
        check(within(loginFor, Duration.ZERO, Duration.ofSeconds(60)), "login-for is 0s to 60s");
    }

    private static boolean within(Duration value, Duration shortest, Duration longest) {
        return value.compareTo(shortest) >= 0 && value.compareTo(longest) <= 0;
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
