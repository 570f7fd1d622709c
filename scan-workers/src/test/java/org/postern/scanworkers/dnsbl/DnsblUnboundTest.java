// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.dns.DnsClient;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.RealDns;
import org.postern.testkit.Ports;

/// The filter, with the real resolver, against a real DNS server (Debian: unbound) on loopback.
@Timeout(120)
final class DnsblUnboundTest {
    @TempDir
    Path folder;

    @Test
    void scan_againstARealServer_findsTheListedAddress_andNoOther() throws Exception {
        int port = Ports.free();
        Path file = Files.writeString(folder.resolve("unbound.conf"), """
                server:
                  interface: 127.0.0.1
                  port: %d
                  do-daemonize: no
                  use-syslog: no
                  chroot: ""
                  username: ""
                  pidfile: ""
                  directory: "%s"
                  num-threads: 1
                  module-config: "iterator"
                  local-zone: "bl.example." static
                  local-data: '2.0.0.127.bl.example. 60 IN A 127.0.0.2'
                  local-data: '1.2.0.192.bl.example. 60 IN A 127.0.0.2'
                  local-data: '7.2.0.192.bl.example. 60 IN A 127.255.255.254'
                remote-control:
                  control-enable: no
                """.formatted(port, folder));
        Process unbound = new ProcessBuilder("/usr/sbin/unbound", "-d", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("unbound.log").toFile())
                .start();
        try (DnsClient dns = RealDns.client(port);
                DnsblFilter filter = new DnsblFilter(
                        DnsblFilterTest.config("bl", "bl.example", Map.of("127.0.0.2", 1.0), ListConfig.Subject.CLIENT),
                        dns,
                        new SimpleMeterRegistry())) {
            while (!filter.status(deadline()).usable()) {
                assertThat(unbound.isAlive()).isTrue();
                filter.probe();
            }
            assertThat(scan(filter, "192.0.2.1"))
                    .isInstanceOfSatisfying(
                            FilterResult.Findings.class,
                            found -> assertThat(found.findings())
                                    .extracting(Finding::symbol)
                                    .containsExactly("DNSBL_BL"));
            assertThat(scan(filter, "192.0.2.2")).isEqualTo(FilterResult.nothing());
            assertThat(scan(filter, "192.0.2.7")).isInstanceOf(FilterResult.NoVerdict.class);
        } finally {
            unbound.destroy();
            unbound.waitFor();
        }
    }

    private static FilterResult scan(DnsblFilter filter, String address) throws Exception {
        return filter.scan(DnsblFilterTest.mail(address, Optional.empty()), deadline());
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}
