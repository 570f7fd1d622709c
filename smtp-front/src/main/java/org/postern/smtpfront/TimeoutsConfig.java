// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How long the front waits for a client. RFC 5321 section 4.5.3.2
public record TimeoutsConfig(
        @Doc("For the next command.") @Default("5m") Duration command,

        @Doc("For the next octets of a message.") @Default("3m")
        Duration data,

        @Doc("For a TLS handshake to end.") @Default("30s") Duration handshake,

        @Doc("For the whole session; only what is being judged or handed over may still end.") @Default("2h")
        Duration session,

        @Doc("For mails under way when the front closes; what is left then is broken off.") @Default("30s")
        Duration shutdown) {
    public TimeoutsConfig {
        positive("command", command);
        positive("data", data);
        positive("handshake", handshake);
        positive("session", session);
        if (shutdown.isNegative()) {
            throw new IllegalArgumentException("shutdown cannot be negative");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException("the timeout \"" + name + "\" must be longer than 0s");
        }
    }

    /// The documented defaults.
    public static TimeoutsConfig defaults() {
        return new TimeoutsConfig(
                Duration.ofMinutes(5),
                Duration.ofMinutes(3),
                Duration.ofSeconds(30),
                Duration.ofHours(2),
                Duration.ofSeconds(30));
    }
}
