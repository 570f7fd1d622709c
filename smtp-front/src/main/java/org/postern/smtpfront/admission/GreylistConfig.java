// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.time.Duration;
import java.util.OptionalDouble;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Which mail is told to come again. Each front remembers for itself, in memory.
public record GreylistConfig(
        @Doc("The score from which on mail is undecided. Greylisting is off where from or to is not set.")
        OptionalDouble from,

        @Doc("The score from which on it is not: such mail is tagged or refused, and never delayed.")
        OptionalDouble to,

        @Doc("How long a sender must stay away, 10s to 1h.") @Default("3m")
        Duration delay,

        @Doc("Within which time it must come back, longer than delay, up to 7d.") @Default("2d")
        Duration window,

        @Doc("How long a network and sender domain that came back is known, 1d to 365d; renewed by each mail.")
        @Default("36d")
        Duration known,

        @Doc("Whether the same mail must come back, not only any mail from that sender to these recipients.")
        @Default("false")
        boolean sameMail,

        @Doc("How many are remembered that wait, and how many that came back; 100 to 10000000.") @Default("100000")
        int remembered) {
    public GreylistConfig {
        AdmissionConfig.within("delay in seconds", delay.toSeconds(), 10, 3600);
        AdmissionConfig.within("window in seconds", window.toSeconds(), delay.toSeconds() + 1, 7 * 86_400);
        AdmissionConfig.within("known in seconds", known.toSeconds(), 86_400, 365 * 86_400);
        AdmissionConfig.within("remembered", remembered, 100, 10_000_000);
        if (from.isPresent() != to.isPresent() || (from.isPresent() && !(from.getAsDouble() < to.getAsDouble()))) {
            throw new IllegalArgumentException("from and to belong together, and from is lower than to");
        }
    }

    /// The documented defaults: off.
    public static GreylistConfig defaults() {
        return new GreylistConfig(
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Duration.ofMinutes(3),
                Duration.ofDays(2),
                Duration.ofDays(36),
                false,
                100_000);
    }

    /// Whether a mail of this score is undecided.
    boolean undecided(double score) {
        return from.isPresent() && to.isPresent() && score >= from.getAsDouble() && score < to.getAsDouble();
    }
}
