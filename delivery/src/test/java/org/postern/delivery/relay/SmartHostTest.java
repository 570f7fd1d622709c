// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.InMemoryDns;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.delivery.spool.QueueQuery;

/// One host for all mail, found by its name. With a login and a certificate it is in [RelayPeersTest].
@Timeout(60)
class SmartHostTest {
    private static final String TEXT = "Subject: x\r\n\r\nx\r\n";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private RunningStore store(String name, int port) {
        SmartHostConfig host = new SmartHostConfig(
                new HostAndPort(name, port), TlsPolicy.NONE, false, Optional.empty(), Optional.empty());
        return new RunningStore(
                folder,
                dns,
                config -> config.sending(
                        Optional.empty(),
                        RelayConfig.defaults()
                                .reaching(25, SmtpTimeouts.all(Duration.ofSeconds(20)))
                                .over(host)));
    }

    @Test
    void name_isAskedForInOurDns_andTheNextAddressTriedWhereOneIsDown() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store("relay.example", host.port())) {
            // Nobody listens at the first.
            dns.address("relay.example", "127.0.0.9").address("relay.example", "127.0.0.1");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            store.drain();
            assertThat(host.mails()).hasSize(1);
        }
    }

    @Test
    void name_thatIsUnknownOrCannotBeAskedFor_neverReturnsMail() throws IOException {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store("relay.example", host.port())) {
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 1);
            eventually(() ->
                    reason(store).contains("relay.example") && reason(store).contains("has no address"));
            dns.failing("relay.example", DnsAnswer.Reason.TIMED_OUT);
            eventually(() -> reason(store).contains("DNS: told to fail"));
            dns.remove("relay.example").address("relay.example", "127.0.0.1");
            store.drain();
            assertThat(host.mails()).hasSize(1);
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
        }
    }

    private static String reason(RunningStore store) {
        try {
            return store.store().queue().list(QueueQuery.first(10)).getFirst().reason();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
