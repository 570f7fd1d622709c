// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.smtp.FakeHost;

/// What the sender of a mail for another site is told, and that nobody else is.
@Timeout(120)
class RelayReportsTest {
    private static final String TEXT = "From: alice@example.org\r\nSubject: x\r\n\r\n.dot\r\n..\r\nlast without end";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private RunningStore store(int port) {
        return RelayStores.of(folder, dns, port, Duration.ofSeconds(20));
    }

    @Test
    void domain_thatTakesNoMailOrDoesNotExistOrLeadsBackHere_isReportedAtOnce() {
        try (RunningStore store = store(1)) {
            dns.mx("null.example", 0, ".");
            dns.mx("loop.example", 5, "store.example.org").mx("loop.example", 10, "other.example");
            dns.mx("nowhere.example", 5, "gone.example");
            store.give(
                    Mails.envelope(
                            "alice@example.org",
                            "a@null.example",
                            "b@missing.example",
                            "c@loop.example",
                            "d@nowhere.example",
                            "e@[cafe.beef]",
                            "f@[IPv6:cafe.beef]"),
                    TEXT);
            String bounce = store.onlyMail("alice");
            assertThat(bounce)
                    .contains("Final-Recipient: rfc822; a@null.example\r\nAction: failed\r\nStatus: 5.1.10")
                    .contains("Final-Recipient: rfc822; b@missing.example\r\nAction: failed\r\nStatus: 5.1.2")
                    .contains("Final-Recipient: rfc822; c@loop.example\r\nAction: failed\r\nStatus: 5.4.6")
                    .contains("Final-Recipient: rfc822; d@nowhere.example\r\nAction: failed\r\nStatus: 5.4.4")
                    .contains("Final-Recipient: rfc822; e@[cafe.beef]\r\nAction: failed\r\nStatus: 5.1.2")
                    .contains("Final-Recipient: rfc822; f@[IPv6:cafe.beef]\r\nAction: failed\r\nStatus: 5.1.2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA", "."})
    void host_thatRefuses_makesOneReportToTheSender(String phase) {
        for (boolean pipelining : List.of(true, false)) {
            try (FakeHost host = pipelining ? FakeHost.smtp("PIPELINING") : FakeHost.smtp();
                    RunningStore store = store(host.port())) {
                dns.address("remote.example", "127.0.0.1");
                host.answer(phase, "550 5.1.1 no such user\u0007");
                String sender = pipelining ? "alice" : "bob";
                store.give(Mails.envelope(sender + "@example.org", "x@remote.example"), TEXT);
                String bounce = store.onlyMail(sender);
                assertThat(bounce)
                        .startsWith("Return-Path: <>\r\n")
                        .contains("Content-Type: multipart/report; report-type=delivery-status;")
                        .contains("Reporting-MTA: dns; store.example.org\r\n")
                        .contains("Final-Recipient: rfc822; x@remote.example\r\nAction: failed\r\nStatus: 5.1.1\r\n")
                        .contains("Diagnostic-Code: smtp; 550 5.1.1 no such user?\r\n")
                        .contains("Subject: x\r\n")
                        .doesNotContain("..\r\n");
                assertThat(host.mails()).isEmpty();
            }
        }
    }

    @Test
    void mailThatIsDeferredTooLong_warnsOnceAndThenBounces() throws IOException {
        AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
        Duration patience = Duration.ofSeconds(20);
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = RelayStores.of(
                        folder,
                        dns,
                        host.port(),
                        patience,
                        Duration.ofMillis(50),
                        () -> Instant.now().plus(later.get()))) {
            dns.address("remote.example", "127.0.0.1");
            host.answer("RCPT", "450 4.2.1 busy");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> deferred(store) >= 2);
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            later.set(Duration.ofHours(5));
            eventually(() -> Mails.in(store.mail(), "alice").size() == 1);
            assertThat(Files.readString(Mails.in(store.mail(), "alice").getFirst()))
                    .contains("Action: delayed\r\nStatus: 4.2.1");
            double before = deferred(store);
            eventually(() -> deferred(store) >= before + 2);
            later.set(Duration.ofDays(6));
            store.drain();
            assertThat(Mails.in(store.mail(), "alice")).as("warned once").hasSize(2);
            assertThat(Mails.in(store.mail(), "alice"))
                    .extracting(Files::readString)
                    .filteredOn(text -> text.contains("Action: failed\r\nStatus: 5.4.7"))
                    .hasSize(1);
        }
    }

    private static double deferred(RunningStore store) {
        return store.count("postern.delivery.recipients", "outcome", "deferred");
    }

    @Test
    void report_thatFails_endsThere() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1").address("gone.example", "127.0.0.1");
            host.answer("RCPT", "550 5.1.1 no");
            store.give(Mails.envelope("sender@gone.example", "x@remote.example"), TEXT);
            eventually(() -> store.meters()
                            .counter("postern.dsn", "kind", "failed", "outcome", "double")
                            .count()
                    == 1);
            store.drain();
            assertThat(store.meters()
                            .counter("postern.dsn", "kind", "failed", "outcome", "sent")
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void spam_thatFails_isReportedToNobody() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            host.answer(".", "550 5.7.1 spam");
            store.give(
                    Mails.envelope("alice@example.org", "x@remote.example"),
                    "X-Postern-Result: tag score=6\r\n" + TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            assertThat(store.meters()
                            .counter("postern.dsn", "kind", "failed", "outcome", "spam")
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void wishesOfTheSender_arePassedOnToAHostThatKnowsThem_andAnsweredHereWhereItDoesNot() {
        Envelope wishes = new Envelope(
                ReversePath.parse("alice@example.org"),
                List.of(
                        new Recipient(
                                ForwardPath.parse("x@remote.example"),
                                Set.of("SUCCESS", "FAILURE"),
                                Optional.of("rfc822;x+y@remote.example")),
                        new Recipient(ForwardPath.parse("quiet@remote.example"), Set.of("NEVER"), Optional.empty())),
                new MailParameters(
                        MailParameters.BodyType.SEVEN_BIT, false, false, Optional.of("FULL"), Optional.of("id 1")));
        dns.address("remote.example", "127.0.0.1");
        try (FakeHost host = FakeHost.smtp("PIPELINING", "DSN");
                RunningStore store = store(host.port())) {
            store.give(wishes, TEXT);
            store.drain();
            assertThat(host.commands())
                    .contains(
                            "MAIL FROM:<alice@example.org> RET=FULL ENVID=id+201",
                            "RCPT TO:<x@remote.example> NOTIFY=FAILURE,SUCCESS ORCPT=rfc822;x+2By@remote.example",
                            "RCPT TO:<quiet@remote.example> NOTIFY=NEVER");
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
        }
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = store(host.port())) {
            store.give(wishes, TEXT);
            assertThat(store.onlyMail("alice"))
                    .contains("Original-Envelope-Id: id 1\r\n")
                    .contains("Original-Recipient: rfc822; x+y@remote.example\r\n")
                    .contains("Action: relayed\r\nStatus: 2.0.0\r\n");
        }
    }

    @Test
    void mail_thatWentInCircles_isReturned() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            store.give(
                    Mails.envelope("alice@example.org", "x@remote.example"),
                    "Received: from a by b; Sat, 21 Nov 2026 00:00:00 +0000\r\n".repeat(51) + TEXT);
            assertThat(store.onlyMail("alice")).contains("Status: 5.4.6");
            assertThat(host.connections()).isZero();
        }
    }

    @Test
    void mail_tooLargeOrTooInternationalForTheHost_isReturnedWithoutBeingSent() {
        try (FakeHost host = FakeHost.smtp("PIPELINING", "SIZE 50");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
            assertThat(store.onlyMail("alice")).contains("Status: 5.3.4");
            Envelope international = new Envelope(
                    ReversePath.parse("bob@example.org"),
                    List.of(Recipient.of(ForwardPath.parse("größe@remote.example"))),
                    new MailParameters(
                            MailParameters.BodyType.EIGHT_BIT_MIME, true, false, Optional.empty(), Optional.empty()));
            store.give(international, "Subject: x\r\n\r\n");
            assertThat(store.onlyMail("bob"))
                    .contains("Content-Type: message/global-delivery-status\r\n")
                    .contains("Final-Recipient: utf-8; größe@remote.example\r\nAction: failed\r\nStatus: 5.6.7");
            assertThat(host.commands()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }
}
