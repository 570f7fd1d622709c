// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.time.Duration;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How clamd are made to read their signatures again.
@Doc("How signatures are reloaded, one clamd after the other.")
public record ReloadConfig(
        @Doc("How often, 10m to 30d. Only by command where it is not set; clamd itself then follows its SelfCheck.")
        Optional<Duration> every,

        @Doc("How long a clamd may take to finish the mails it has before it reloads, 1s to 30m.") @Default("3m")
        Duration drainTimeout,

        @Doc("How long a clamd may take to work again, 1s to 1h.") @Default("10m")
        Duration loadTimeout,

        @Doc("How long a clamd stays out after it works again, when it does not report a new version, 0s to 10m. One"
                + " that loads in the background works all the time and does not say when it has finished; give it"
                + " the time it needs, for its memory is taken twice until then.")
        @Default("30s")
        Duration settle) {
    /// The values of a configuration that says nothing.
    public static final ReloadConfig DEFAULTS =
            new ReloadConfig(Optional.empty(), Duration.ofMinutes(3), Duration.ofMinutes(10), Duration.ofSeconds(30));

    public ReloadConfig {
        every.ifPresent(time -> within("every", time, Duration.ofMinutes(10), Duration.ofDays(30)));
        within("drain-timeout", drainTimeout, Duration.ofSeconds(1), Duration.ofMinutes(30));
        within("load-timeout", loadTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
        within("settle", settle, Duration.ZERO, Duration.ofMinutes(10));
    }

    private static void within(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " must be between " + min.toSeconds() + "s and " + max.toSeconds() + "s");
        }
    }
}
