// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.dns.InMemoryDns;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;

/// A site that hangs does not keep mail for others waiting.
@Timeout(300)
class ManyDestinationsTest {
    private static final int DESTINATIONS = 1000;
    private static final int HANGING = 100;

    @TempDir
    private Path folder;

    @Test
    void mailsFor1000Sites_whereEveryTenthHangs_reachTheOther900WhileThoseStillHang() {
        InMemoryDns dns = new InMemoryDns();
        try (FakeHost good = FakeHost.smtpAt("127.0.0.1", 0, "PIPELINING");
                FakeHost bad = FakeHost.smtpAt("127.0.0.2", good.port(), "PIPELINING");
                RunningStore store = new RunningStore(
                        folder,
                        dns,
                        config -> config.sending(
                                Optional.empty(),
                                RelayConfig.defaults()
                                        .reaching(good.port(), SmtpTimeouts.all(Duration.ofMinutes(4)))))) {
            bad.answer("CONNECT", FakeHost.HANG);
            for (int i = 0; i < DESTINATIONS; i++) {
                dns.address("d" + i + ".example", i % 10 == 0 ? "127.0.0.2" : "127.0.0.1");
            }
            // Three for each that hangs, so that they could take every place if they were let.
            for (int i = 0; i < DESTINATIONS; i++) {
                for (int j = i % 10 == 0 ? 0 : 2; j < 3; j++) {
                    store.give(Mails.envelope("alice@example.org", "x@d" + i + ".example"), "A: " + i + "\r\n\r\n");
                }
            }
            eventually(() -> good.mails().size() >= DESTINATIONS - HANGING);
            Set<String> reached = new HashSet<>();
            good.mails().forEach(mail -> reached.addAll(mail.recipients()));
            assertThat(reached).hasSize(DESTINATIONS - HANGING);
            assertThat(good.mails()).hasSize(DESTINATIONS - HANGING);
            // None of those that hang was given up meanwhile: the others did not wait for it.
            assertThat(store.count("postern.relay.connects", "outcome", "unreachable"))
                    .isZero();
            // Each of those that hang has one place, for whichever of its three mails came first.
            eventually(() -> bad.connections() >= HANGING);
            assertThat(bad.connections()).isEqualTo(HANGING);
            eventually(() -> store.store().stats().mails() == 3 * HANGING);
        }
    }
}
