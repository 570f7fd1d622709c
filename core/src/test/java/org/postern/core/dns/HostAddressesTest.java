// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.limits.Deadline;

class HostAddressesTest {
    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();
    private HostAddresses hosts;

    @BeforeEach
    void hostsFile() throws Exception {
        hosts = new HostAddresses(
                dns,
                Files.writeString(
                        folder.resolve("hosts"),
                        "192.0.2.1 relay # the one in the cellar\n2001:db8::1 relay\n192.0.2.2 relay.example.org\n"));
    }

    private DnsAnswer of(String host, boolean ipv6) throws InterruptedException {
        return hosts.of(host, ipv6, Deadline.in(Duration.ofSeconds(10)));
    }

    private static DnsAnswer addresses(String... literals) {
        return new DnsAnswer.Answer(Stream.of(literals)
                .map(literal -> (DnsRecord) new DnsRecord.Address(InetAddress.ofLiteral(literal)))
                .toList());
    }

    @Test
    void address_isTakenAsItStands_andNobodyIsAsked() throws Exception {
        assertThat(of("192.0.2.9", true)).isEqualTo(addresses("192.0.2.9"));
        assertThat(of("2001:db8::9", false)).isEqualTo(addresses("2001:db8::9"));
        assertThat(dns.questions()).isZero();
    }

    @Test
    void nameInTheHostsFile_isNotAskedFor() throws Exception {
        dns.address("relay.example.org", "192.0.2.99");
        assertThat(of("relay", true)).isEqualTo(addresses("2001:db8::1", "192.0.2.1"));
        assertThat(of("Relay", false)).isEqualTo(addresses("192.0.2.1"));
        assertThat(of("relay.example.org", true)).isEqualTo(addresses("192.0.2.2"));
        assertThat(dns.questions()).isZero();
    }

    @Test
    void hostsFile_thatIsMissing_listsNothing() throws Exception {
        dns.address("relay", "192.0.2.5");
        assertThat(new HostAddresses(dns, folder.resolve("none"))
                        .of("relay", true, Deadline.in(Duration.ofSeconds(10))))
                .isEqualTo(addresses("192.0.2.5"));
    }

    @Test
    void otherName_isAskedFor_andSilenceIsNotAbsence() throws Exception {
        dns.address("smtp.example.net", "192.0.2.5").address("smtp.example.net", "2001:db8::5");
        assertThat(of("smtp.example.net", true)).isEqualTo(addresses("2001:db8::5", "192.0.2.5"));
        assertThat(of("smtp.example.net", false)).isEqualTo(addresses("192.0.2.5"));
        assertThat(of("nobody.example.net", true)).isEqualTo(new DnsAnswer.NoData());
        dns.failing("half.example.net", DnsQuestion.Type.AAAA, DnsAnswer.Reason.TIMED_OUT);
        assertThat(of("half.example.net", true)).isInstanceOf(DnsAnswer.Failure.class);
        dns.address("half.example.net", "192.0.2.6");
        assertThat(of("half.example.net", true)).isEqualTo(addresses("192.0.2.6"));
        assertThat(of("a..name", true)).isEqualTo(new DnsAnswer.NoSuchName());
    }

    @Test
    void answer_thatDoesNotCome_isNotWaitedForBeyondTheDeadline() throws Exception {
        List<Deadline> given = new java.util.ArrayList<>();
        HostAddresses slow = new HostAddresses(
                (question, deadline) -> {
                    given.add(deadline);
                    return new DnsAnswer.Failure(DnsAnswer.Reason.TIMED_OUT, "silent");
                },
                folder.resolve("none"));
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        assertThat(slow.of("smtp.example.net", true, deadline)).isInstanceOf(DnsAnswer.Failure.class);
        assertThat(given).containsExactly(deadline, deadline);
    }
}
