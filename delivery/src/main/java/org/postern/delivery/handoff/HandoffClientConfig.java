// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.net.MutualTlsConfig;

/// Settings of a front's side of the handoff.
@Doc("Where a front hands its mail over.")
public record HandoffClientConfig(
        @Doc("The stores, host:port each. A mail goes to one of them; another is tried only when the first cannot be"
                + " reached at all.")
        List<HostAndPort> stores,

        @Doc("postern for Postern's own stores, qmqp for any other QMQP server.") @Default("postern")
        Protocol protocol,

        @Doc("Longest wait for a connection; 1ms to 1m.") @Default("3s")
        Duration connectTimeout,

        @Doc("Most connections to all stores together, which is also the most mails handed over at once; 1 to 1000.")
        @Default("64")
        int connectionsMax,

        @Doc("How long an unused connection is kept; 1ms to 1h, shorter than the store's idle-timeout.") @Default("1m")
        Duration idleTimeout,

        @Doc("For protocol qmqp: lf turns CRLF into LF, which qmail and Postfix expect; keep sends the octets as they"
                + " are.")
        @Default("lf")
        QmqpLineEndings qmqpLineEndings,

        @Doc("For protocol qmqp: the mailbox that gets mail to be quarantined, since QMQP cannot say so. Without it"
                + " such mail is deferred.")
        Optional<MailAddress> quarantineAddress,

        @Doc("TLS with certificates on both sides, for protocol postern. Without it the handoff is in clear.")
        Optional<MutualTlsConfig> tls) {
    /// How mail is handed over.
    public enum Protocol {
        POSTERN,
        QMQP
    }

    /// How lines end on the wire of plain QMQP.
    public enum QmqpLineEndings {
        LF,
        KEEP
    }

    public HandoffClientConfig {
        stores = List.copyOf(stores);
        if (tls.isPresent() && protocol == Protocol.QMQP) {
            throw new IllegalArgumentException("plain QMQP knows no TLS; use protocol: postern, or leave tls out");
        }
        if (stores.isEmpty()) {
            throw new IllegalArgumentException(
                    "a front needs at least one store; write for example" + " stores: [127.0.0.1:2629]");
        }
        if (connectTimeout.toMillis() < 1 || connectTimeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("connect-timeout is 1ms to 1m");
        }
        if (connectionsMax < 1 || connectionsMax > 1000) {
            throw new IllegalArgumentException("connections-max is 1 to 1000, not " + connectionsMax);
        }
        if (idleTimeout.toMillis() < 1 || idleTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("idle-timeout is 1ms to 1h");
        }
    }

    /// The defaults for these stores.
    public static HandoffClientConfig to(Protocol protocol, HostAndPort... stores) {
        return new HandoffClientConfig(
                List.of(stores),
                protocol,
                Duration.ofSeconds(3),
                64,
                Duration.ofMinutes(1),
                QmqpLineEndings.LF,
                Optional.empty(),
                Optional.empty());
    }
}
