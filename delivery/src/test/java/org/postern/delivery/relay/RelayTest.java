// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.schedule.DeliveryConfig;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;

/// Mail to other sites, through a whole store, to hosts that behave and hosts that do not.
@Timeout(120)
class RelayTest {
    private static final String TEXT = "From: alice@example.org\r\nSubject: x\r\n\r\n.dot\r\n..\r\nlast without end";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private RunningStore store(int port) {
        return store(port, Duration.ofSeconds(20), DeliveryConfig.defaults());
    }

    private RunningStore store(int port, Duration patience, DeliveryConfig delivery) {
        return store(port, patience, delivery, Duration.ofMillis(50));
    }

    private RunningStore store(int port, Duration patience, DeliveryConfig delivery, Duration retry) {
        return new RunningStore(
                folder,
                dns,
                config -> config.delivering(delivery.retrying(retry, retry.multipliedBy(4)))
                        .sending(Optional.empty(), RelayConfig.defaults().reaching(port, SmtpTimeouts.all(patience))));
    }

    private static void give(RunningStore store, Envelope envelope, String text) {
        store.give(envelope, text);
    }

    private static Envelope from(String sender, String... recipients) {
        return Mails.envelope(sender, recipients);
    }

    private static String bounceTo(RunningStore store, String localPart) {
        return store.onlyMail(localPart);
    }

    @Test
    void mail_forAnotherSite_goesToItsHostOctetForOctet() {
        try (FakeHost host = FakeHost.smtp("PIPELINING", "8BITMIME", "SIZE 1000000");
                RunningStore store = store(host.port())) {
            dns.mx("remote.example", 10, "mx.remote.example").address("mx.remote.example", "127.0.0.1");
            give(store, from("alice@example.org", "x@remote.example", "y@remote.example"), TEXT);
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
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> first.mails().size() == 1);
            first.answer("CONNECT", "421 4.3.2 not now");
            first.answer("MAIL", "421 4.3.2 not now");
            give(store, from("alice@example.org", "x@remote.example"), TEXT + "2");
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
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
            store.drain();
            assertThat(host.mails()).hasSize(1);
            assertThat(store.count("postern.relay.connects", "outcome", "unreachable"))
                    .isEqualTo(1);
        }
    }

    @Test
    void domain_withoutMx_isItsOwnHost() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            give(store, from("alice@example.org", "x@remote.example", "y@[127.0.0.1]"), TEXT);
            eventually(() -> host.mails().size() == 2);
            store.drain();
        }
    }

    @Test
    void domain_thatTakesNoMailOrDoesNotExistOrLeadsBackHere_isReportedAtOnce() {
        try (RunningStore store = store(1)) {
            dns.mx("null.example", 0, ".");
            dns.mx("loop.example", 5, "store.example.org").mx("loop.example", 10, "other.example");
            dns.mx("nowhere.example", 5, "gone.example");
            give(
                    store,
                    from(
                            "alice@example.org",
                            "a@null.example",
                            "b@missing.example",
                            "c@loop.example",
                            "d@nowhere.example",
                            "e@[cafe.beef]",
                            "f@[IPv6:cafe.beef]"),
                    TEXT);
            String bounce = bounceTo(store, "alice");
            assertThat(bounce)
                    .contains("Final-Recipient: rfc822; a@null.example\r\nAction: failed\r\nStatus: 5.1.10")
                    .contains("Final-Recipient: rfc822; b@missing.example\r\nAction: failed\r\nStatus: 5.1.2")
                    .contains("Final-Recipient: rfc822; c@loop.example\r\nAction: failed\r\nStatus: 5.4.6")
                    .contains("Final-Recipient: rfc822; d@nowhere.example\r\nAction: failed\r\nStatus: 5.4.4")
                    .contains("Final-Recipient: rfc822; e@[cafe.beef]\r\nAction: failed\r\nStatus: 5.1.2")
                    .contains("Final-Recipient: rfc822; f@[IPv6:cafe.beef]\r\nAction: failed\r\nStatus: 5.1.2");
        }
    }

    @Test
    void dnsFailure_isNeverABounce_andTheMailGoesWhenDnsIsBack() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.failing("remote.example", DnsAnswer.Reason.SERVER_FAILURE);
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
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
                give(store, from("alice@example.org", "x@remote.example"), TEXT);
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
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
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
                RunningStore store = store(host.port(), Duration.ofMillis(300), DeliveryConfig.defaults())) {
            dns.address("remote.example", "127.0.0.1");
            host.answer(phase, FakeHost.HANG);
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
            eventually(() -> host.connections() >= 2);
            host.behave();
            store.drain();
            assertThat(host.mails()).hasSize(1);
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
                give(store, from(sender + "@example.org", "x@remote.example"), TEXT);
                String bounce = bounceTo(store, sender);
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
    void recipients_withDifferentAnswers_areTreatedEachByHisOwn() {
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            host.answer("RCPT bad@", "550 5.1.1 no").answer("RCPT later@", "451 4.3.0 later");
            give(
                    store,
                    from("alice@example.org", "good@remote.example", "bad@remote.example", "later@remote.example"),
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
    void mailThatIsDeferredTooLong_warnsOnceAndThenBounces() throws IOException {
        DeliveryConfig short_ = DeliveryConfig.defaults().ending(Duration.ofSeconds(4), Duration.ofSeconds(1));
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port(), Duration.ofSeconds(5), short_)) {
            dns.address("remote.example", "127.0.0.1");
            host.answer("RCPT", "450 4.2.1 busy");
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
            store.drain();
            List<Path> told = Mails.in(store.mail(), "alice");
            assertThat(told).hasSize(2);
            List<String> texts = List.of(Files.readString(told.get(0)), Files.readString(told.get(1)));
            assertThat(texts)
                    .filteredOn(text -> text.contains("Action: delayed\r\nStatus: 4.2.1"))
                    .hasSize(1);
            assertThat(texts)
                    .filteredOn(text -> text.contains("Action: failed\r\nStatus: 5.4.7"))
                    .hasSize(1);
        }
    }

    @Test
    void report_thatFails_endsThere() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1").address("gone.example", "127.0.0.1");
            host.answer("RCPT", "550 5.1.1 no");
            give(store, from("sender@gone.example", "x@remote.example"), TEXT);
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
            give(store, from("alice@example.org", "x@remote.example"), "X-Postern-Result: tag score=6\r\n" + TEXT);
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
            give(store, wishes, TEXT);
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
            give(store, wishes, TEXT);
            assertThat(bounceTo(store, "alice"))
                    .contains("Original-Envelope-Id: id 1\r\n")
                    .contains("Original-Recipient: rfc822; x+y@remote.example\r\n")
                    .contains("Action: relayed\r\nStatus: 2.0.0\r\n");
        }
    }

    @Test
    void connection_isUsedAgainForTheNextMailOfTheSameDomain() {
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            for (int i = 0; i < 5; i++) {
                give(store, from("alice@example.org", "x@remote.example"), TEXT + i);
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
                give(store, from("", "bad@remote.example"), TEXT);
                store.drain();
                give(store, from("alice@example.org", "good@remote.example"), TEXT);
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
                        store(first.port(), Duration.ofSeconds(20), DeliveryConfig.defaults(), Duration.ofMinutes(5))) {
            dns.mx("remote.example", 10, "a.remote.example").mx("remote.example", 20, "b.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            first.answer(phase, "452 4.3.1 no room");
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
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
                        store(first.port(), Duration.ofSeconds(20), DeliveryConfig.defaults(), Duration.ofMinutes(5))) {
            dns.mx("remote.example", 10, "a.remote.example").mx("remote.example", 20, "b.remote.example");
            dns.mx("remote.example", 30, "c.remote.example");
            dns.address("a.remote.example", "127.0.0.2").address("b.remote.example", "127.0.0.3");
            dns.address("c.remote.example", "127.0.0.4");
            first.answer("MAIL", "452 4.3.1 no room");
            second.answer("MAIL", "452 4.3.1 no room here either");
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
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
            give(
                    store,
                    from("alice@example.org", "good@remote.example", "later@remote.example", "bad@remote.example"),
                    TEXT);
            assertThat(bounceTo(store, "alice")).contains("bad@remote.example").doesNotContain("later@");
            assertThat(first.mails().getFirst().recipients()).containsExactly("good@remote.example");
            assertThat(second.mails().getFirst().recipients()).containsExactly("later@remote.example");
        }
    }

    @Test
    void mail_thatWentInCircles_isReturned() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            give(
                    store,
                    from("alice@example.org", "x@remote.example"),
                    "Received: from a by b; Sat, 21 Nov 2026 00:00:00 +0000\r\n".repeat(51) + TEXT);
            assertThat(bounceTo(store, "alice")).contains("Status: 5.4.6");
            assertThat(host.connections()).isZero();
        }
    }

    @Test
    void mail_tooLargeOrTooInternationalForTheHost_isReturnedWithoutBeingSent() {
        try (FakeHost host = FakeHost.smtp("PIPELINING", "SIZE 50");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            give(store, from("alice@example.org", "x@remote.example"), TEXT);
            assertThat(bounceTo(store, "alice")).contains("Status: 5.3.4");
            Envelope international = new Envelope(
                    ReversePath.parse("bob@example.org"),
                    List.of(Recipient.of(ForwardPath.parse("größe@remote.example"))),
                    new MailParameters(
                            MailParameters.BodyType.EIGHT_BIT_MIME, true, false, Optional.empty(), Optional.empty()));
            give(store, international, "Subject: x\r\n\r\n");
            assertThat(bounceTo(store, "bob"))
                    .contains("Content-Type: message/global-delivery-status\r\n")
                    .contains("Final-Recipient: utf-8; größe@remote.example\r\nAction: failed\r\nStatus: 5.6.7");
            assertThat(host.commands()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }
}
