// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;
import org.postern.delivery.net.MutualTlsConfig;

/// Settings of the store's side of the handoff.
@Doc("Where fronts hand mail over, and who may.")
public record HandoffServerConfig(
        @Doc("Addresses to listen on, host:port; none switches this protocol off.") @Default("[]")
        List<HostAndPort> listen,

        @Doc("The fronts: address blocks that may connect.") @Default("[127.0.0.0/8, '::1']")
        List<CidrBlock> allow,

        @Doc("Most connections at once; 1 to 10000.") @Default("500")
        int connectionsMax,

        @Doc("How long a connection may be silent between two mails; 1ms to 1h.") @Default("5m")
        Duration idleTimeout,

        @Doc("Longest time for one mail, whatever the front says; 1ms to 1h.") @Default("4m")
        Duration mailTimeout,

        @Doc("Octets a second a front must send on average over 10 s; 0 to 1000000, 0 asks for nothing.")
        @Default("500")
        int dataRateMin,

        @Doc(
                "Most mails of one front taken in at the same time; 1 to 1000. It is told so, and told fewer while the disk is"
                        + " slow.")
        @Default("64")
        int mailsPerFrontMax,

        @Doc(
                "TLS with certificates on both sides. Without it the handoff is in clear: keep it on loopback or on a network"
                        + " of its own.")
        Optional<MutualTlsConfig> tls) {
    public HandoffServerConfig {
        listen = List.copyOf(listen);
        allow = List.copyOf(allow);
        if (connectionsMax < 1 || connectionsMax > 10_000) {
            throw new IllegalArgumentException("connections-max is 1 to 10000, not " + connectionsMax);
        }
        if (idleTimeout.toMillis() < 1
                || idleTimeout.compareTo(Duration.ofHours(1)) > 0
                || mailTimeout.toMillis() < 1
                || mailTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("idle-timeout and mail-timeout are 1ms to 1h");
        }
        if (mailsPerFrontMax < 1 || mailsPerFrontMax > 1000) {
            throw new IllegalArgumentException("mails-per-front-max is 1 to 1000, not " + mailsPerFrontMax);
        }
        if (dataRateMin < 0 || dataRateMin > 1_000_000) {
            throw new IllegalArgumentException("data-rate-min is 0 to 1000000, not " + dataRateMin);
        }
    }

    /// The defaults, listening on these addresses.
    public static HandoffServerConfig on(HostAndPort... listen) {
        return new HandoffServerConfig(
                List.of(listen),
                List.of(CidrBlock.parse("127.0.0.0/8"), CidrBlock.parse("::1")),
                500,
                Duration.ofMinutes(5),
                Duration.ofMinutes(4),
                500,
                64,
                Optional.empty());
    }
}
