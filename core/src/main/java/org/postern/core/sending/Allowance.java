// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConfigurationBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// So many of one kind in an hour and in a day.
///
/// @param kind for people and in keys: `messages` or `recipients`
/// @param perHour 0 is no limit
/// @param perDay 0 is no limit
record Allowance(String kind, int perHour, int perDay) {
    /// Empty where there is no limit.
    Optional<BucketConfiguration> buckets() {
        List<Bandwidth> limits = new ArrayList<>(2);
        if (perHour > 0) {
            limits.add(limit(perHour, Duration.ofHours(1)));
        }
        if (perDay > 0) {
            limits.add(limit(perDay, Duration.ofDays(1)));
        }
        if (limits.isEmpty()) {
            return Optional.empty();
        }
        ConfigurationBuilder builder = BucketConfiguration.builder();
        limits.forEach(builder::addLimit);
        return Optional.of(builder.build());
    }

    private static Bandwidth limit(int count, Duration time) {
        return Bandwidth.builder()
                .capacity(count)
                .refillGreedy(count, time)
                .id(time.toString())
                .build();
    }

    String text() {
        List<String> parts = new ArrayList<>(2);
        if (perHour > 0) {
            parts.add(perHour + " " + kind + " an hour");
        }
        if (perDay > 0) {
            parts.add(perDay + " " + kind + " a day");
        }
        return String.join(", ", parts);
    }

    /// Part of the key of a shared counter: other limits are other counters.
    String key() {
        return kind + ":" + perHour + ":" + perDay + ":";
    }
}
