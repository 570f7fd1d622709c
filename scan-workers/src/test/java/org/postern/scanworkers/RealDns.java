// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsClient;
import org.postern.core.dns.DnsConfig;
import org.postern.core.limits.ByteSize;
import org.postern.testkit.Unbound;

/// The resolver of the server, for tests with a real DNS server.
public final class RealDns {
    private RealDns() {}

    public static DnsClient client(Unbound unbound) {
        InetSocketAddress address = unbound.address();
        return client(address.getPort());
    }

    /// Forgets failures at once, so that a server that starts is found.
    public static DnsClient client(int port) {
        DnsConfig d = DnsConfig.defaults();
        return new DnsClient(
                new DnsConfig(
                        List.of(new HostAndPort("127.0.0.1", port)),
                        d.timeout(),
                        Duration.ofMillis(500),
                        d.tries(),
                        d.maxQuestions(),
                        ByteSize.ofMiB(1),
                        d.maxTtl(),
                        d.maxNegativeTtl(),
                        Duration.ZERO),
                new SimpleMeterRegistry());
    }
}
