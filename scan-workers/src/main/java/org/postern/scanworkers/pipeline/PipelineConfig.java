// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;

/// How the filters of a farm are run.
public record PipelineConfig(
        @Doc("How many mails one filter looks at at once, 1 to 10000; more wait for a place.") @Default("256")
        int placesPerFilter,

        @Doc("How long cheap filters run alone before scanners are asked, 0s to 10s; ends earlier when they are done.")
        @Default("200ms")
        Duration cheapHeadStart,

        @Doc(
                "How long scanners run before heavy filters such as OCR start, 0s to 60s; ends earlier when they are done.")
        @Default("10s")
        Duration backendHeadStart,

        @Doc("The part of a mail's time that is kept to write the answer, 1ms to 5s.") @Default("200ms")
        Duration reserve,

        @Doc("The first pause before a filter with the policy wait is asked again, 10ms to 10s; it doubles up to 2s.")
        @Default("250ms")
        Duration retryPause,

        @Doc("A filter that runs this long beyond its mail's answer is named in the log, 1s to 10m.") @Default("5s")
        Duration stragglerGrace,

        @Doc(
                "Memory for what was found in contents that may come again, 0 to 1GiB. With 0 nothing is kept, and a second"
                        + " delivery of the same content does not join the scan that runs.")
        @Default("8MiB")
        ByteSize verdictCacheSize,

        @Doc("How long such findings are used again, 1s to 24h. A new signature version ends it at once.")
        @Default("10m")
        Duration verdictCacheAge) {
    /// The values of a configuration that says nothing.
    public static final PipelineConfig DEFAULTS = new PipelineConfig(
            256,
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            Duration.ofMillis(200),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            ByteSize.ofMiB(8),
            Duration.ofMinutes(10));

    public PipelineConfig {
        if (placesPerFilter < 1 || placesPerFilter > 10_000) {
            throw new IllegalArgumentException("places-per-filter must be 1 to 10000, not " + placesPerFilter);
        }
        within("cheap-head-start", cheapHeadStart, Duration.ZERO, Duration.ofSeconds(10));
        within("backend-head-start", backendHeadStart, Duration.ZERO, Duration.ofSeconds(60));
        within("reserve", reserve, Duration.ofMillis(1), Duration.ofSeconds(5));
        within("retry-pause", retryPause, Duration.ofMillis(10), Duration.ofSeconds(10));
        within("straggler-grace", stragglerGrace, Duration.ofSeconds(1), Duration.ofMinutes(10));
        within("verdict-cache-age", verdictCacheAge, Duration.ofSeconds(1), Duration.ofHours(24));
        if (verdictCacheSize.bytes() > 1024L * 1024 * 1024) {
            throw new IllegalArgumentException("verdict-cache-size must be 0 to 1GiB, not " + verdictCacheSize);
        }
    }

    private static void within(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " must be between " + min.toMillis() + "ms and " + max.toMillis() + "ms");
        }
    }
}
