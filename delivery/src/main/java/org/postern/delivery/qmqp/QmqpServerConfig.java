// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import java.time.Duration;
import java.util.List;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;

/// Settings of the QMQP server.
@Doc("Where any QMQP client may hand mail over: who may, and how much.")
public record QmqpServerConfig(
        @Doc("Addresses to listen on, host:port; none switches this protocol off. QMQP's own port is 628.")
        @Default("[]")
        List<HostAndPort> listen,

        @Doc("Address blocks that may connect. Whoever may connect may send any mail to our recipients.")
        @Default("[127.0.0.0/8, '::1']")
        List<CidrBlock> allow,

        @Doc("Most connections at once; 1 to 10000.") @Default("100")
        int connectionsMax,

        @Doc("Longest time for one mail; 1s to 1h, which is QMQP's own limit.") @Default("10m")
        Duration mailTimeout,

        @Doc("Octets a second a client must send on average over 10 s; 0 to 1000000, 0 asks for nothing.")
        @Default("500")
        int dataRateMin,

        @Doc("Most recipients of one mail; 1 to 10000.") @Default("1000")
        int recipientsMax) {
    public QmqpServerConfig {
        listen = List.copyOf(listen);
        allow = List.copyOf(allow);
        if (connectionsMax < 1 || connectionsMax > 10_000) {
            throw new IllegalArgumentException("connections-max is 1 to 10000, not " + connectionsMax);
        }
        if (mailTimeout.toMillis() < 1 || mailTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("mail-timeout is 1s to 1h");
        }
        if (dataRateMin < 0 || dataRateMin > 1_000_000) {
            throw new IllegalArgumentException("data-rate-min is 0 to 1000000, not " + dataRateMin);
        }
        if (recipientsMax < 1 || recipientsMax > 10_000) {
            throw new IllegalArgumentException("recipients-max is 1 to 10000, not " + recipientsMax);
        }
    }

    /// The defaults, listening on these addresses.
    public static QmqpServerConfig on(HostAndPort... listen) {
        return new QmqpServerConfig(
                List.of(listen),
                List.of(CidrBlock.parse("127.0.0.0/8"), CidrBlock.parse("::1")),
                100,
                Duration.ofMinutes(10),
                500,
                1000);
    }
}
