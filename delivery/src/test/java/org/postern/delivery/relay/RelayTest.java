// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.InMemoryDns;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.spool.QueueQuery;
import org.postern.delivery.spool.SpoolQueue;

/// Mail to other sites, through a whole store, to hosts that behave and hosts that do not.
@Timeout(120)
class RelayTest {
    private static final String TEXT = "From: alice@example.org\r\nSubject: x\r\n\r\n.dot\r\n..\r\nlast without end";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private RunningStore store(int port) {
        return RelayStores.of(folder, dns, port, Duration.ofSeconds(20));
    }

    @Test
    void mail_forAnotherSite_goesToItsHostOctetForOctet() {
        try (FakeHost host = FakeHost.smtp("PIPELINING", "8BITMIME", "SIZE 1000000");
                RunningStore store = store(host.port())) {
            dns.mx("remote.example", 10, "mx.remote.example").address("mx.remote.example", "127.0.0.1");
            store.give(Mails.envelope("alice@example.org", "x@remote.example", "y@remote.example"), TEXT);
            eventually(() -> host.mails().size() == 1);
            store.drain();
            FakeHost.Mail mail = host.mails().getFirst();
            assertThat(mail.from()).isEqualTo("alice@example.org");
            assertThat(mail.recipients()).containsExactly("x@remote.example", "y@remote.example");
            assertThat(mail.text()).isEqualTo(TEXT + "\r\n");
            assertThat(host.commands()).contains("EHLO store.example.org");
        }
    }

    @Test
    void hosts_areTriedByPreference_andTheNextOneWhereOneIsDown() {
        try (FakeHost second = FakeHost.smtpAt("127.0.0.3", 0);
                FakeHost first = FakeHost.smtpAt("127.0.0.2", second.port());
                RunningStore store = store(second.port())) {
            dns.mx("remote.example", 20, "b.remote.example").mx("remote.example", 10, "a.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> first.mails().size() == 1);
            first.answer("CONNECT", "421 4.3.2 not now");
            first.answer("MAIL", "421 4.3.2 not now");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT + "2");
            eventually(() -> first.mails().size() + second.mails().size() == 2);
            assertThat(second.mails()).hasSize(1);
        }
    }

    @Test
    void addresses_ofBothKinds_areTried_ipv6First() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            // Nobody listens there; where there is no IPv6 at all, it is as unreachable.
            dns.address("remote.example", "127.0.0.1").address("remote.example", "::1");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            store.drain();
            assertThat(host.mails()).hasSize(1);
            assertThat(store.count("postern.relay.connects", "outcome", "unreachable"))
                    .isEqualTo(1);
        }
    }

    @Test
    void whyNobodyCanBeReached_isSaidInTheWordsOfTheNetwork() {
        int port;
        try (FakeHost gone = FakeHost.smtp()) {
            port = gone.port();
        }
        try (RunningStore store = store(port)) {
            dns.address("remote.example", "127.0.0.1");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> reason(store).endsWith("]:" + port + ": Connection refused"));
        }
    }

    private static String reason(RunningStore store) {
        try {
            return store.store().queue().list(QueueQuery.first(1)).stream()
                    .map(SpoolQueue.Entry::reason)
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void domain_withoutMx_isItsOwnHost() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            store.give(Mails.envelope("alice@example.org", "x@remote.example", "y@[127.0.0.1]"), TEXT);
            eventually(() -> host.mails().size() == 2);
            store.drain();
        }
    }

    @Test
    void dnsFailure_isNeverABounce_andTheMailGoesWhenDnsIsBack() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.failing("remote.example", DnsAnswer.Reason.SERVER_FAILURE);
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> store.meters()
                            .counter("postern.delivery.recipients", "outcome", "deferred")
                            .count()
                    >= 2);
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            dns.remove("remote.example").address("remote.example", "127.0.0.1");
            eventually(() -> host.mails().size() == 1);
            store.drain();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY"})
    void host_thatHangsUpBeforeTheEnd_isTriedAgainAndGetsTheMailOnce(String phase) {
        for (boolean pipelining : List.of(true, false)) {
            try (FakeHost host = pipelining ? FakeHost.smtp("PIPELINING") : FakeHost.smtp();
                    RunningStore store = store(host.port())) {
                dns.address("remote.example", "127.0.0.1");
                host.answer(phase, FakeHost.CUT);
                store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
                eventually(() -> host.connections() >= 2);
                host.behave();
                eventually(() -> host.mails().size() == 1);
                store.drain();
                assertThat(host.mails()).hasSize(1);
                assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            }
        }
    }

    @Test
    void host_thatHangsUpAfterTheEnd_isAskedAgainLaterAndNotTheNextHostAtOnce() {
        try (FakeHost first = FakeHost.smtpAt("127.0.0.2", 0);
                FakeHost second = FakeHost.smtpAt("127.0.0.3", first.port());
                RunningStore store = store(first.port())) {
            dns.mx("remote.example", 10, "a.remote.example").mx("remote.example", 20, "b.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            first.answer(".", FakeHost.CUT);
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> first.connections() >= 2);
            assertThat(second.mails()).isEmpty();
            first.behave();
            store.drain();
            assertThat(first.mails()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "."})
    void host_thatHangs_isGivenUpAtTheDeadlineAndTriedAgain(String phase) {
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = RelayStores.of(folder, dns, host.port(), Duration.ofSeconds(1))) {
            dns.address("remote.example", "127.0.0.1");
            host.answer(phase, FakeHost.HANG);
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> host.connections() >= 2);
            host.behave();
            store.drain();
            assertThat(host.mails()).hasSize(1);
        }
    }

    @Test
    void recipients_withDifferentAnswers_areTreatedEachByHisOwn() {
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            host.answer("RCPT bad@", "550 5.1.1 no").answer("RCPT later@", "451 4.3.0 later");
            store.give(
                    Mails.envelope(
                            "alice@example.org", "good@remote.example", "bad@remote.example", "later@remote.example"),
                    TEXT);
            eventually(() -> Mails.in(store.mail(), "alice").size() == 1);
            eventually(() -> host.mails().size() >= 1);
            host.behave();
            store.drain();
            assertThat(host.mails().stream().flatMap(mail -> mail.recipients().stream()))
                    .containsExactly("good@remote.example", "later@remote.example");
        }
    }

    @Test
    void connection_isUsedAgainForTheNextMailOfTheSameDomain() {
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            for (int i = 0; i < 5; i++) {
                store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT + i);
                store.drain();
            }
            assertThat(host.mails()).hasSize(5);
            assertThat(host.connections()).isEqualTo(1);
        }
    }

    @Test
    void nextMail_overAConnectionThatRefusedEverybodyBefore_isTaken() {
        for (boolean pipelining : List.of(true, false)) {
            try (FakeHost host = pipelining ? FakeHost.smtp("PIPELINING") : FakeHost.smtp();
                    RunningStore store = store(host.port())) {
                dns.address("remote.example", "127.0.0.1");
                host.answer("RCPT bad@", "550 5.1.1 no");
                store.give(Mails.envelope("", "bad@remote.example"), TEXT);
                store.drain();
                store.give(Mails.envelope("alice@example.org", "good@remote.example"), TEXT);
                store.drain();
                assertThat(host.mails()).hasSize(1);
                assertThat(host.connections()).isEqualTo(1);
                assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA", "."})
    void host_thatCannotTakeItNow_isPassedOverForTheNextOne(String phase) {
        try (FakeHost first = FakeHost.smtpAt("127.0.0.2", 0, "PIPELINING");
                FakeHost second = FakeHost.smtpAt("127.0.0.3", first.port(), "PIPELINING");
                RunningStore store =
                        RelayStores.of(folder, dns, first.port(), Duration.ofSeconds(20), Duration.ofMinutes(5))) {
            dns.mx("remote.example", 10, "a.remote.example").mx("remote.example", 20, "b.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            first.answer(phase, "452 4.3.1 no room");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            store.drain();
            assertThat(first.mails()).isEmpty();
            assertThat(second.mails()).hasSize(1);
        }
    }

    @Test
    void twoHostsThatCannotTakeItNow_areEnoughForOneAttempt() {
        try (FakeHost first = FakeHost.smtpAt("127.0.0.2", 0, "PIPELINING");
                FakeHost second = FakeHost.smtpAt("127.0.0.3", first.port(), "PIPELINING");
                FakeHost third = FakeHost.smtpAt("127.0.0.4", first.port(), "PIPELINING");
                RunningStore store =
                        RelayStores.of(folder, dns, first.port(), Duration.ofSeconds(20), Duration.ofMinutes(5))) {
            dns.mx("remote.example", 10, "a.remote.example").mx("remote.example", 20, "b.remote.example");
            dns.mx("remote.example", 30, "c.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            dns.address("c.remote.example", "127.0.0.4");
            first.answer("MAIL", "452 4.3.1 no room");
            second.answer("MAIL", "452 4.3.1 no room here either");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") == 1);
            assertThat(List.of(first.connections(), second.connections(), third.connections()))
                    .containsExactly(1, 1, 0);
        }
    }

    @Test
    void recipients_deferredByTheFirstHost_areTakenByTheSecond_theOthersStay() {
        try (FakeHost first = FakeHost.smtpAt("127.0.0.2", 0, "PIPELINING");
                FakeHost second = FakeHost.smtpAt("127.0.0.3", first.port(), "PIPELINING");
                RunningStore store = store(first.port())) {
            dns.mx("remote.example", 10, "a.remote.example").mx("remote.example", 20, "b.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            first.answer("RCPT later@", "450 4.2.0 later").answer("RCPT bad@", "550 5.1.1 no");
            store.give(
                    Mails.envelope(
                            "alice@example.org", "good@remote.example", "later@remote.example", "bad@remote.example"),
                    TEXT);
            assertThat(store.onlyMail("alice")).contains("bad@remote.example").doesNotContain("later@");
            assertThat(first.mails().getFirst().recipients()).containsExactly("good@remote.example");
            assertThat(second.mails().getFirst().recipients()).containsExactly("later@remote.example");
        }
    }
}
