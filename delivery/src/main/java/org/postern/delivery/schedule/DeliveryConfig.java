// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of the delivery schedule.
@Doc("How many mails are delivered at once, and when one that failed is tried again.")
public record DeliveryConfig(
        @Doc("Mails written into mailboxes, quarantine and forwards at the same time; 1 to 1000.") @Default("16")
        int concurrency,

        @Doc("Mails worked on at the same time, those that wait for other hosts included; concurrency to 20000.")
        @Default("1000")
        int mailsAtOnce,

        @Doc("Wait after the first failed attempt; each further one is twice as long, give or take a fifth;"
                + " 1ms to retry-max.")
        @Default("30s")
        Duration retryFirst,

        @Doc("Longest wait between attempts; retry-first to 1d.") @Default("1h")
        Duration retryMax,

        @Doc("How long a recipient is tried before it counts as failed; 1m to 30d. RFC 5321 section 4.5.4.1 asks for 4"
                + " to 5 days.")
        @Default("5d")
        Duration expiry,

        @Doc("When a sender is told that his mail still waits, unless he asked not to be; 0s switches this off.")
        @Default("4h")
        Duration warnAfter,

        @Doc("Longest wait for the directory's answer about one recipient; 1ms to 1m.") @Default("10s")
        Duration directoryTimeout,

        @Doc("Whether deliveries wait after every start until postern queue resume. Mail is taken in meanwhile.")
        @Default("false")
        boolean startPaused) {
    public DeliveryConfig {
        if (concurrency < 1 || concurrency > 1000) {
            throw new IllegalArgumentException("concurrency is 1 to 1000, not " + concurrency);
        }
        if (mailsAtOnce < concurrency || mailsAtOnce > 20_000) {
            throw new IllegalArgumentException("mails-at-once lies between concurrency and 20000, not " + mailsAtOnce);
        }
        if (retryFirst.toMillis() < 1
                || retryMax.compareTo(retryFirst) < 0
                || retryMax.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("retry-first is at least 1ms, and retry-max lies between it and 1d");
        }
        if (expiry.toMillis() < 1 || expiry.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("expiry is at most 30d");
        }
        if (warnAfter.isNegative() || warnAfter.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("warn-after is 0s to 30d");
        }
        if (directoryTimeout.toMillis() < 1 || directoryTimeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("directory-timeout is 1ms to 1m");
        }
    }

    /// The defaults.
    public static DeliveryConfig defaults() {
        return new DeliveryConfig(
                16,
                1000,
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Duration.ofDays(5),
                Duration.ofHours(4),
                Duration.ofSeconds(10),
                false);
    }

    /// The defaults with other waits between attempts.
    public DeliveryConfig retrying(Duration first, Duration max) {
        return new DeliveryConfig(
                concurrency, mailsAtOnce, first, max, expiry, warnAfter, directoryTimeout, startPaused);
    }

    /// The same with another expiry and another time for the warning.
    public DeliveryConfig ending(Duration newExpiry, Duration newWarnAfter) {
        return new DeliveryConfig(
                concurrency, mailsAtOnce, retryFirst, retryMax, newExpiry, newWarnAfter, directoryTimeout, startPaused);
    }
}
