// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.time.Duration;
import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.smtpfront.admission.AdmissionConfig;

/// The SMTP side of one farm.
public record SmtpFrontConfig(
        @Doc("Where the farm listens; at least one.") List<ListenerConfig> listen,
        @Doc("none, optional or required.") @Default("none") Authentication authentication,

        @Doc("From the end of a message to the reply; 2s to 9m.") @Default("60s")
        Duration deadline,

        @Doc("The part of the deadline kept back for the store; shorter than the deadline.") @Default("10s")
        Duration handoffReserve,

        @Doc("refuse or normalise: a CR or LF on its own in a message.") @Default("refuse")
        BareLineEnds bareLineEnds,

        @Doc("Whether BINARYMIME is offered: only where all that is behind keeps every octet.") @Default("false")
        boolean binaryMime,

        @Doc("Bounds of sessions and messages.") @Default("{}")
        LimitsConfig limits,

        @Doc("How long the front waits for a client.") @Default("{}")
        TimeoutsConfig timeouts,

        @Doc("Certificate and key.") @Default("{}") TlsConfig tls,

        @Doc("Who is let in.") AdmissionConfig admission) {
    public SmtpFrontConfig {
        listen = List.copyOf(listen);
        if (listen.isEmpty()) {
            throw new IllegalArgumentException("a farm listens somewhere: write for example listen: [{ port: 25 }]");
        }
        if (deadline.compareTo(Duration.ofSeconds(2)) < 0 || deadline.compareTo(Duration.ofMinutes(9)) > 0) {
            throw new IllegalArgumentException("deadline is 2s to 9m, because clients give up after 10 minutes");
        }
        if (handoffReserve.isNegative() || handoffReserve.compareTo(deadline) >= 0) {
            throw new IllegalArgumentException("handoff-reserve must be shorter than deadline");
        }
        if (authentication == Authentication.REQUIRED
                && listen.stream().anyMatch(listener -> listener.tls() == TlsMode.NONE)) {
            throw new IllegalArgumentException("authentication: required needs TLS on every listener, because passwords"
                    + " are never taken in the clear; set tls: starttls-required or implicit");
        }
    }

    /// The documented defaults for these listeners.
    public static SmtpFrontConfig of(List<ListenerConfig> listen, Authentication authentication) {
        return new SmtpFrontConfig(
                listen,
                authentication,
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                BareLineEnds.REFUSE,
                false,
                LimitsConfig.defaults(),
                TimeoutsConfig.defaults(),
                TlsConfig.selfMade(),
                AdmissionConfig.defaults());
    }
}
