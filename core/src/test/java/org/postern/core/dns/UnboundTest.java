// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsAnswer.Answer;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.limits.Deadline;
import org.postern.testkit.Ports;

/// The client against a real DNS server (Debian: unbound) on loopback.
@Timeout(120)
final class UnboundTest {
    private static final String LONG = "v=long " + "x".repeat(240);

    @TempDir
    static Path folder;

    private static Process unbound;
    private static DnsClient client;

    @BeforeAll
    static void start() throws Exception {
        int port = Ports.free();
        StringBuilder config = new StringBuilder("server:\n  interface: 127.0.0.1\n  port: " + port
                + "\n  do-daemonize: no\n  use-syslog: no\n  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n"
                + "  directory: \"" + folder + "\"\n  num-threads: 1\n  module-config: \"iterator\"\n"
                + "  access-control: 127.0.0.0/8 allow\n  root-hints: \"\"\n"
                + "  local-zone: \"example.org.\" static\n  local-zone: \"refused.example.\" refuse\n"
                + "  local-data: 'example.org. 3600 IN SOA ns.example.org. root.example.org. 1 2 3 4 60'\n"
                + "  local-data: 'example.org. 60 IN MX 10 mx.example.org.'\n"
                + "  local-data: 'mx.example.org. 60 IN A 192.0.2.1'\n"
                + "  local-data: 'mx.example.org. 60 IN AAAA 2001:db8::1'\n"
                + "  local-data: 'two.example.org. 60 IN TXT \"one \" \"record\"'\n"
                + "  local-data-ptr: \"192.0.2.1 mx.example.org\"\n");
        for (int i = 0; i < 40; i++) {
            config.append("  local-data: 'big.example.org. 60 IN TXT \"")
                    .append(LONG)
                    .append(i)
                    .append("\"'\n");
        }
        config.append("remote-control:\n  control-enable: no\n");
        Path file = Files.writeString(folder.resolve("unbound.conf"), config);
        unbound = new ProcessBuilder("/usr/sbin/unbound", "-d", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("unbound.log").toFile())
                .start();
        client = new DnsClient(
                DnsConfig.defaults().withServers(List.of(new HostAndPort("127.0.0.1", port))),
                new SimpleMeterRegistry());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!(ask("mx.example.org", DnsQuestion.Type.A) instanceof Answer)) {
            assertThat(unbound.isAlive()).as(() -> "unbound ended: " + log()).isTrue();
            assertThat(System.nanoTime()).as(() -> "unbound answers: " + log()).isLessThan(end);
            client.close();
            client = new DnsClient(
                    DnsConfig.defaults().withServers(List.of(new HostAndPort("127.0.0.1", port))),
                    new SimpleMeterRegistry());
            Thread.sleep(100);
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        client.close();
        unbound.destroy();
        unbound.waitFor();
    }

    private static String log() {
        try {
            return Files.readString(folder.resolve("unbound.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static DnsAnswer ask(String name, DnsQuestion.Type type) throws InterruptedException {
        return client.ask(new DnsQuestion(new DnsName(name), type), Deadline.in(Duration.ofSeconds(20)));
    }

    @Test
    void ask_eachType_isAnsweredWithItsRecords() throws Exception {
        assertThat(ask("example.org", DnsQuestion.Type.MX))
                .isEqualTo(new Answer(List.of(new DnsRecord.Mx(10, new DnsName("mx.example.org")))));
        assertThat(ask("mx.example.org", DnsQuestion.Type.A))
                .isEqualTo(new Answer(List.of(new DnsRecord.Address(InetAddress.getByName("192.0.2.1")))));
        assertThat(ask("mx.example.org", DnsQuestion.Type.AAAA))
                .isEqualTo(new Answer(List.of(new DnsRecord.Address(InetAddress.getByName("2001:db8::1")))));
        assertThat(ask("two.example.org", DnsQuestion.Type.TXT))
                .isEqualTo(new Answer(List.of(new DnsRecord.Txt("one record"))));
        assertThat(ask("1.2.0.192.in-addr.arpa", DnsQuestion.Type.PTR))
                .isEqualTo(new Answer(List.of(new DnsRecord.Ptr(new DnsName("mx.example.org")))));
    }

    @Test
    void ask_whatIsNotThere_tellsNoNameFromNoData() throws Exception {
        assertThat(ask("nobody.example.org", DnsQuestion.Type.A)).isEqualTo(new DnsAnswer.NoSuchName());
        assertThat(ask("two.example.org", DnsQuestion.Type.A)).isEqualTo(new DnsAnswer.NoData());
    }

    @Test
    void ask_anAnswerTooLongForUdp_comesWhole() throws Exception {
        assertThat(ask("big.example.org", DnsQuestion.Type.TXT))
                .isInstanceOfSatisfying(
                        Answer.class, answer -> assertThat(answer.records()).hasSize(40));
    }

    @Test
    void ask_whatTheServerRefuses_isAFailure() throws Exception {
        assertThat(ask("www.refused.example", DnsQuestion.Type.A))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(DnsAnswer.Reason.REFUSED));
    }
}
