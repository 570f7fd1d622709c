// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsClient;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.RealDns;
import org.postern.testkit.Unbound;

/// The filter with the real resolver and a real DNS server, which answers for no address of examples.
@Timeout(120)
final class ClientUnboundTest {
    private static FilterResult scan(ClientFilter filter, String address, String helo) throws Exception {
        MailTransaction mail = Mails.simple();
        ClientInfo client =
                new ClientInfo(InetAddress.ofLiteral(address), helo, true, Optional.empty(), Optional.empty());
        return filter.scan(
                new MailTransaction(
                        mail.id(),
                        mail.farm(),
                        client,
                        mail.envelope(),
                        mail.content(),
                        mail.header(),
                        mail.received()),
                Deadline.in(Duration.ofSeconds(30)));
    }

    private static List<String> symbols(FilterResult result) {
        return result instanceof FilterResult.Findings found
                ? found.findings().stream().map(Finding::symbol).toList()
                : List.of("no verdict");
    }

    @Test
    void names_overARealServer_areLookedUpThereAndBack() throws Exception {
        try (Unbound unbound = Unbound.start(
                        new Unbound.Zone("secure.example", "www A 127.0.0.1"),
                        Map.of(),
                        new Unbound.Zone("there.example", "mail A 64.233.160.7\nother A 64.233.160.9"),
                        new Unbound.Zone(
                                "160.233.64.in-addr.arpa", "7 PTR mail.there.example.\n8 PTR other.there.example."));
                DnsClient dns = RealDns.client(unbound);
                ClientFilter filter = new ClientFilter(
                        new ClientConfig(List.of(), Duration.ofSeconds(5), Map.of()),
                        "mx.here.example",
                        dns,
                        new SimpleMeterRegistry())) {
            assertThat(symbols(scan(filter, "64.233.160.7", "mail.there.example")))
                    .isEmpty();
            assertThat(symbols(scan(filter, "64.233.160.7", "none.there.example")))
                    .containsExactly("HELO_NO_SUCH_NAME");
            assertThat(symbols(scan(filter, "64.233.160.8", "mail.there.example")))
                    .containsExactly("RDNS_NOT_CONFIRMED");
            assertThat(symbols(scan(filter, "64.233.160.10", "mail.there.example")))
                    .containsExactly("RDNS_NONE");
            unbound.daemon().kill();
            assertThat(symbols(scan(filter, "64.233.160.11", "mail.there.example")))
                    .containsExactly("no verdict");
        }
    }
}
