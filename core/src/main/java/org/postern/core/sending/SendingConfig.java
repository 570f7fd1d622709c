// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// What one account that has logged in may send.
@Doc("What one account that has logged in may send. 0 is no limit.")
public record SendingConfig(
        @Doc("Messages in an hour: so many at once, and then evenly.") @Default("1000")
        int messagesPerHour,

        @Doc("Messages in a day.") @Default("5000") int messagesPerDay,
        @Doc("Recipients in an hour.") @Default("5000") int recipientsPerHour,
        @Doc("Recipients in a day.") @Default("20000") int recipientsPerDay,

        @Doc("A Redis or Valkey where all fronts count together; without it, each front counts on its own.")
        Optional<SharedCountersConfig> shared,

        @Doc("When an account sends far more than it is used to.")
        HabitConfig habit) {
    /// The defaults.
    public static final SendingConfig DEFAULT =
            new SendingConfig(1000, 5000, 5000, 20_000, Optional.empty(), HabitConfig.DEFAULT);

    public SendingConfig {
        notNegative("messages-per-hour", messagesPerHour);
        notNegative("messages-per-day", messagesPerDay);
        notNegative("recipients-per-hour", recipientsPerHour);
        notNegative("recipients-per-day", recipientsPerDay);
    }

    private static void notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is 0 (no limit) or more, not " + value);
        }
    }
}
