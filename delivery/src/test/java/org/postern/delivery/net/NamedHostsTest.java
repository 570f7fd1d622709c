// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsClient;
import org.postern.core.dns.DnsConfig;
import org.postern.core.dns.DnsResolver;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.FakeDirectory;
import org.postern.delivery.MailStores;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.handoff.HandoffClientConfig;

/// Stores and their like that are found by name.
@Timeout(60)
class NamedHostsTest {
    private static final String NAME = "store.example";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private static MailStore front(HandoffClientConfig.Protocol protocol, int port, DnsResolver dns) {
        return MailStores.connect(
                HandoffClientConfig.to(protocol, new HostAndPort(NAME, port)),
                "mx1",
                new FakeDirectory(),
                dns,
                new SimpleMeterRegistry());
    }

    private static boolean takes(MailStore front) {
        return switch (front.handOver(Mails.handoff("Subject: x\r\n\r\nx\r\n", "alice@example.org"), Mails.soon())) {
            case HandoffResult.Accepted _ -> true;
            case HandoffResult.Refused(boolean permanent, String _) -> {
                assertThat(permanent).isFalse();
                yield false;
            }
            case HandoffResult.Indeterminate(String detail) -> throw new AssertionError(detail);
        };
    }

    @Test
    void frontWhoseStoreCannotBeAskedFor_refusesForNow_andHandsOverWhenItCan() {
        try (RunningStore store = new RunningStore(folder);
                MailStore postern = front(
                        HandoffClientConfig.Protocol.POSTERN, store.handoff().port(), dns);
                MailStore qmqp =
                        front(HandoffClientConfig.Protocol.QMQP, store.qmqp().port(), dns)) {
            assertThat(takes(postern)).isFalse();
            assertThat(takes(qmqp)).isFalse();
            dns.failing(NAME, DnsAnswer.Reason.TIMED_OUT);
            assertThat(takes(postern)).isFalse();
            assertThat(takes(qmqp)).isFalse();
            dns.remove(NAME).address(NAME, "127.0.0.1");
            assertThat(takes(postern)).isTrue();
            assertThat(takes(qmqp)).isTrue();
        }
    }

    @Test
    void resolverThatIsSilent_isNotWaitedForBeyondTheDeadline() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DnsClient client = new DnsClient(
                        asking(new HostAndPort("127.0.0.1", silent.getLocalPort())), new SimpleMeterRegistry());
                MailStore postern = front(HandoffClientConfig.Protocol.POSTERN, 1, client);
                MailStore qmqp = front(HandoffClientConfig.Protocol.QMQP, 1, client)) {
            for (MailStore front : List.of(postern, qmqp)) {
                // Without a deadline of ours the resolver would be waited for twice as long.
                Deadline bound = Deadline.in(Duration.ofSeconds(30));
                assertThat(front.handOver(
                                Mails.handoff("\r\n", "alice@example.org"), Deadline.in(Duration.ofSeconds(2))))
                        .isInstanceOfSatisfying(
                                HandoffResult.Refused.class,
                                refused -> assertThat(refused.permanent()).isFalse());
                assertThat(bound.expired()).isFalse();
            }
        }
    }

    private static DnsConfig asking(HostAndPort server) {
        DnsConfig defaults = DnsConfig.defaults();
        return new DnsConfig(
                List.of(server),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                defaults.tries(),
                defaults.maxQuestions(),
                defaults.cacheSize(),
                defaults.maxTtl(),
                defaults.maxNegativeTtl(),
                Duration.ZERO);
    }

    @Test
    void secondAddress_isUsedWhereTheFirstIsDown() throws IOException {
        dns.address(NAME, "127.0.0.9").address(NAME, "127.0.0.1");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket socket =
                        new NamedHosts(dns).connect(new HostAndPort(NAME, server.getLocalPort()), Mails.soon())) {
            assertThat(socket.getInetAddress().getHostAddress()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void nameWithoutAddress_isSaidWithWhatToDo() {
        assertThatThrownBy(() -> new NamedHosts(dns).connect(new HostAndPort(NAME, 25), Mails.soon()))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage(NAME + " has no address; write its full name, or an address, or list it in /etc/hosts");
    }
}
