// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// When an account has jumped out of its habit.
@Doc("An account that sends far more than it is used to: its mail goes to the quarantine, and that is reported.")
public record HabitConfig(
        @Doc("Whether mail is held at all.") @Default("true")
        boolean hold,

        @Doc("Recipients in an hour that are never too many; 1 or more.") @Default("200")
        int floor,

        @Doc("How many times its usual hour is too many; 2 to 1000.") @Default("10")
        int factor,

        @Doc("How soon an hour counts half in what is usual; 1h to 365d.") @Default("7d")
        Duration halfLife,

        @Doc("After the start, habits are learned and nothing is held; 0s to 30d.") @Default("1d")
        Duration learnFor,

        @Doc("How long an account's mail is held after a jump, unless somebody releases it; 1m to 30d.") @Default("4h")
        Duration holdFor,

        @Doc("How many accounts are remembered; 100 to 10000000. One takes about 200 octets.") @Default("100000")
        int accounts) {
    /// The defaults.
    public static final HabitConfig DEFAULT =
            new HabitConfig(true, 200, 10, Duration.ofDays(7), Duration.ofDays(1), Duration.ofHours(4), 100_000);

    public HabitConfig {
        check(floor >= 1, "floor is 1 or more");
        check(factor >= 2 && factor <= 1000, "factor is 2 to 1000");
        check(within(halfLife, Duration.ofHours(1), Duration.ofDays(365)), "half-life is 1h to 365d");
        check(within(learnFor, Duration.ZERO, Duration.ofDays(30)), "learn-for is 0s to 30d");
        check(within(holdFor, Duration.ofMinutes(1), Duration.ofDays(30)), "hold-for is 1m to 30d");
        check(accounts >= 100 && accounts <= 10_000_000, "accounts is 100 to 10000000");
    }

    private static boolean within(Duration value, Duration least, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
