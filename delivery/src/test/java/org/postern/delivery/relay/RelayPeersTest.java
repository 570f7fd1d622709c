// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailParameters;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.testkit.Dovecot;
import org.postern.testkit.Postfix;
import org.postern.testkit.Sink;

/// Mail to real servers: Postfix, and its smtp-sink, which refuses, defers and hangs up on demand.
@Timeout(240)
class RelayPeersTest {
    private static final String TEXT = """
            From: alice@example.org
            Date: Sat, 21 Nov 2026 01:49:58 +0000
            Message-Id: <1@example.org>
            Subject: x

            .dot
            ..
            end
            """.replace("\n", "\r\n");
    private static final Domain REMOTE = new Domain("remote.example");

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    @BeforeEach
    void names() {
        dns.mx("remote.example", 10, "mx.remote.example").address("mx.remote.example", "127.0.0.1");
    }

    private RunningStore store(int port, UnaryOperator<RelayConfig> change) {
        return new RunningStore(
                folder.resolve("store"),
                dns,
                config -> config.sending(
                        Optional.empty(),
                        change.apply(RelayConfig.defaults().reaching(port, SmtpTimeouts.all(Duration.ofSeconds(20))))));
    }

    private static Postfix secured(Certificates with) {
        return Postfix.options()
                .set("smtpd_tls_security_level", "may")
                .set("smtpd_tls_cert_file", with.certificate().toString())
                .set("smtpd_tls_key_file", with.key().toString())
                .set("smtpd_tls_received_header", "yes")
                .set("notify_classes", "")
                .start();
    }

    private static void give(RunningStore store) {
        store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT);
    }

    @Test
    void postfix_takesTheMailAsItIs_overTlsItDidNotHaveToProve() throws IOException {
        Certificates expired = Certificates.make(folder, "expired", "elsewhere.example", -10);
        try (Postfix postfix = secured(expired);
                RunningStore store = store(postfix.smtpAddress().getPort(), config -> config)) {
            give(store);
            String text = Files.readString(postfix.awaitMessages(1).getFirst());
            assertThat(text).endsWith(TEXT.replace("\r\n", "\n")).contains("(using TLSv1.3");
            store.drain();
        }
    }

    @Test
    void verifiedHost_withTheRightCertificate_getsTheMail() throws IOException {
        Certificates right = Certificates.make(folder, "right", "mx.remote.example", -1);
        try (Postfix postfix = secured(right);
                RunningStore store = store(
                        postfix.smtpAddress().getPort(),
                        config -> config.securing(
                                Map.of(REMOTE, TlsPolicy.VERIFIED), Optional.of(right.certificate())))) {
            give(store);
            assertThat(Files.readString(postfix.awaitMessages(1).getFirst())).contains("(using TLSv1.3");
            store.drain();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"another name", "expired", "unknown authority", "no TLS"})
    void verifiedHost_thatCannotProveItself_getsNothing(String wrong) {
        Certificates held = Certificates.make(
                folder,
                "held",
                wrong.equals("another name") ? "elsewhere.example" : "mx.remote.example",
                wrong.equals("expired") ? -10 : -1);
        Certificates trusted =
                wrong.equals("unknown authority") ? Certificates.make(folder, "other", "mx.remote.example", -1) : held;
        try (Postfix postfix = wrong.equals("no TLS") ? Postfix.start() : secured(held);
                RunningStore store = store(
                        postfix.smtpAddress().getPort(),
                        config -> config.securing(
                                Map.of(REMOTE, TlsPolicy.VERIFIED), Optional.of(trusted.certificate())))) {
            give(store);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 2);
            assertThat(postfix.messages()).isEmpty();
            assertThat(store.store().stats().mails()).isEqualTo(1);
        }
    }

    @Test
    void postfix_thatRefusedEverybody_takesTheNextMailOverTheSameConnection() throws IOException {
        try (Postfix postfix = Postfix.options()
                        .set(
                                "smtpd_recipient_restrictions",
                                "check_recipient_access inline:{{bad@remote.example = REJECT}}, permit")
                        .set("notify_classes", "")
                        .start();
                RunningStore store = store(postfix.smtpAddress().getPort(), config -> config)) {
            store.give(Mails.envelope("", "bad@remote.example"), TEXT);
            store.drain();
            give(store);
            store.drain();
            assertThat(postfix.awaitMessages(1)).hasSize(1);
            assertThat(store.count("postern.relay.connects", "outcome", "reused"))
                    .isEqualTo(1);
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
        }
    }

    @Test
    void mailThatDemandsTls_isReturnedWhereTheDomainCannotPromiseIt() {
        try (RunningStore store = store(1, config -> config)) {
            Envelope plain = Mails.envelope("alice@example.org", "x@remote.example");
            store.give(
                    new Envelope(
                            plain.reversePath(),
                            plain.recipients(),
                            new MailParameters(
                                    MailParameters.BodyType.SEVEN_BIT,
                                    false,
                                    true,
                                    Optional.empty(),
                                    Optional.empty())),
                    TEXT);
            assertThat(store.onlyMail("alice")).contains("Status: 5.7.30");
        }
    }

    @Test
    void smartHost_thatWantsALogin_takesAllMail() throws IOException {
        Certificates right = Certificates.make(folder, "right", "localhost", -1);
        int saslPort = freePort();
        try (Dovecot dovecot = Dovecot.options()
                        .set(
                                "service auth {\n  inet_listener {\n    address = 127.0.0.1\n    port",
                                saslPort + "\n  }\n}")
                        .start();
                Postfix postfix = Postfix.options()
                        .set("smtpd_tls_security_level", "may")
                        .set("smtpd_tls_cert_file", right.certificate().toString())
                        .set("smtpd_tls_key_file", right.key().toString())
                        .set("smtpd_tls_auth_only", "yes")
                        .set("notify_classes", "")
                        .set("smtpd_sasl_auth_enable", "yes")
                        .set("smtpd_sasl_type", "dovecot")
                        .set("smtpd_sasl_path", "inet:127.0.0.1:" + saslPort)
                        .set("smtpd_recipient_restrictions", "permit_sasl_authenticated,reject")
                        .start()) {
            SmartHostConfig host = new SmartHostConfig(
                    new HostAndPort("localhost", postfix.smtpAddress().getPort()),
                    TlsPolicy.VERIFIED,
                    false,
                    Optional.of("relay@example.org"),
                    Optional.of(Files.writeString(folder.resolve("password"), Dovecot.PASSWORD + "\n")));
            try (RunningStore store =
                    store(1, config -> config.over(host).securing(Map.of(), Optional.of(right.certificate())))) {
                store.give(Mails.envelope("alice@example.org", "x@remote.example", "y@nowhere.example"), TEXT);
                assertThat(postfix.awaitMessages(2)).hasSize(2);
                store.drain();
                assertThat(dovecot.daemon().alive()).isTrue();
            }
            Files.writeString(folder.resolve("password"), "wrong\n");
            try (RunningStore store =
                    store(1, config -> config.over(host).securing(Map.of(), Optional.of(right.certificate())))) {
                give(store);
                eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 1);
                assertThat(postfix.messages()).hasSize(2);
                assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."})
    void smtpSink_thatHangsUp_isTriedAgain(String phase) {
        try (Sink sink = Sink.smtp("-q", phase);
                RunningStore store = store(sink.address().getPort(), config -> config)) {
            give(store);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 2);
            assertThat(store.store().stats().mails()).isEqualTo(1);
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
        }
    }

    @Test
    void smtpSink_thatDefersOrRefuses_isToldApart() {
        for (String phase : List.of("MAIL", "RCPT", "DATA", ".")) {
            try (Sink sink = Sink.smtp("-r", phase);
                    RunningStore store = store(sink.address().getPort(), config -> config)) {
                store.give(Mails.envelope("", "x@remote.example"), TEXT);
                eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 2);
                assertThat(store.count("postern.delivery.recipients", "outcome", "failed"))
                        .isZero();
            }
            try (Sink sink = Sink.smtp("-f", phase);
                    RunningStore store = store(sink.address().getPort(), config -> config)) {
                store.drain();
                assertThat(store.count("postern.delivery.recipients", "outcome", "failed"))
                        .isEqualTo(1);
                // It dumps what it refuses at the end.
                assertThat(sink.messages()).hasSize(phase.equals(".") ? 1 : 0);
            }
        }
    }

    @Test
    void smtpSink_takesManyMails_eachOnce() {
        int mails = 200;
        try (Sink sink = Sink.smtp();
                RunningStore store = store(sink.address().getPort(), config -> config)) {
            for (int i = 0; i < mails; i++) {
                store.give(Mails.envelope("alice@example.org", "x@remote.example"), TEXT + i + "\r\n");
            }
            store.drain();
            assertThat(store.count("postern.delivery.recipients", "outcome", "delivered"))
                    .isEqualTo(mails);
            assertThat(store.count("postern.relay.connects", "outcome", "reused"))
                    .isGreaterThan(mails / 2.0);
        }
    }
}
