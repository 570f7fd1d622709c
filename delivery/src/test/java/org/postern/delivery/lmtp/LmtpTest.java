// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.lmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.directory.Account;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.relay.RelayConfig;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.testkit.Dovecot;

@Timeout(180)
class LmtpTest {
    private static final String TEXT = "From: a@example.com\r\nSubject: x\r\n\r\n.dot\r\n..\r\nr\u00fcckw\u00e4rts\r\n";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private RunningStore store(LmtpAddress server, Duration patience) {
        LmtpConfig defaults = LmtpConfig.to(server);
        LmtpConfig lmtp = new LmtpConfig(
                server, defaults.domains(), defaults.recipient(), 4, defaults.idle(), SmtpTimeouts.all(patience));
        return new RunningStore(folder, dns, config -> config.sending(Optional.of(lmtp), RelayConfig.defaults()));
    }

    private static LmtpAddress tcp(int port) {
        return new LmtpAddress.Tcp(new HostAndPort("127.0.0.1", port));
    }

    /// The text of the first mail in a user's inbox.
    private static String overImap(InetSocketAddress server, String user) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("a LOGIN " + user + " " + Dovecot.PASSWORD
                                    + "\r\nb SELECT INBOX\r\nc FETCH 1 BODY.PEEK[]\r\nd LOGOUT\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            StringBuilder text = new StringBuilder();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                text.append(line).append("\r\n");
            }
            return text.toString();
        }
    }

    @Test
    void mails_forARealDovecot_areReadBackOverImapAsTheyWere_overFewConnections() throws IOException {
        try (Dovecot dovecot = Dovecot.start();
                RunningStore store = store(tcp(dovecot.lmtpAddress().getPort()), Duration.ofSeconds(30))) {
            store.directory()
                    .put(
                            "alias@example.org",
                            new Account(MailAddress.parse("carol@example.org"), Set.of(), "example.org/carol"));
            for (int i = 0; i < 5; i++) {
                store.give(Mails.envelope("a@example.com", "alice@example.org", "bob@example.org"), TEXT);
            }
            store.give(Mails.envelope("a@example.com", "alias@example.org"), TEXT);
            store.drain();
            assertThat(dovecot.messages("alice@example.org")).hasSize(5);
            assertThat(dovecot.messages("bob@example.org")).hasSize(5);
            assertThat(dovecot.messages("carol@example.org")).hasSize(1);
            assertThat(overImap(dovecot.imapAddress(), "alice@example.org"))
                    .contains(TEXT)
                    .contains("Return-Path: <a@example.com>");
            assertThat(dovecot.daemon().log().split("lmtp\\(\\d+\\): Connect from", -1).length - 1)
                    .isLessThanOrEqualTo(4);
        }
    }

    @Test
    void mail_whileDovecotIsDownOrFrozen_waitsAndIsDeliveredAfterwards() {
        try (Dovecot dovecot = Dovecot.start();
                RunningStore store = store(tcp(dovecot.lmtpAddress().getPort()), Duration.ofSeconds(2))) {
            dovecot.daemon().kill();
            store.give(Mails.envelope("a@example.com", "alice@example.org"), TEXT);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 2);
            dovecot.daemon().restart();
            store.drain();
            assertThat(dovecot.messages("alice@example.org")).hasSize(1);
        }
    }

    @Test
    void mail_overAUnixSocket_isDelivered() {
        try (Dovecot dovecot = Dovecot.options()
                        .set("service lmtp {\n  unix_listener lmtp {\n    mode", "0666\n  }\n}")
                        .start();
                RunningStore store = store(
                        LmtpAddress.parse("unix:" + dovecot.daemon().folder().resolve("run/lmtp")),
                        Duration.ofSeconds(20))) {
            store.give(Mails.envelope("a@example.com", "alice@example.org"), TEXT);
            store.drain();
            assertThat(dovecot.messages("alice@example.org")).hasSize(1);
        }
    }

    @Test
    void server_whoseNameCannotBeAskedFor_isTriedAgain() {
        try (FakeHost host = FakeHost.lmtp("PIPELINING");
                RunningStore store =
                        store(LmtpAddress.parse("mailboxes.example:" + host.port()), Duration.ofSeconds(20))) {
            dns.failing("mailboxes.example", DnsAnswer.Reason.TIMED_OUT);
            store.give(Mails.envelope("a@example.com", "alice@example.org"), TEXT);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 1);
            dns.remove("mailboxes.example").address("mailboxes.example", "127.0.0.1");
            store.drain();
            assertThat(host.mails()).hasSize(1);
        }
    }

    @Test
    void recipients_withDifferentAnswers_areTreatedEachByHisOwn() {
        try (FakeHost host = FakeHost.lmtp("PIPELINING");
                RunningStore store = store(tcp(host.port()), Duration.ofSeconds(20))) {
            host.answer(". full@example.org", "452 4.2.2 full")
                    .answer(". gone@example.org", "550 5.1.1 gone")
                    .answer("RCPT odd@example.org", "550 5.1.3 odd");
            store.give(
                    Mails.envelope(
                            "",
                            "good@example.org",
                            "full@example.org",
                            "gone@example.org",
                            "odd@example.org",
                            "fine@example.org"),
                    TEXT);
            eventually(() -> host.mails().size() == 2);
            host.behave();
            store.drain();
            assertThat(host.mails().stream().flatMap(mail -> mail.recipients().stream()))
                    .containsExactly("good@example.org", "fine@example.org", "full@example.org");
        }
    }

    @Test
    void connectionCutBetweenTheAnswers_countsThoseThatCame() {
        try (FakeHost host = FakeHost.lmtp("PIPELINING");
                RunningStore store = store(tcp(host.port()), Duration.ofSeconds(20))) {
            host.answer(". second@example.org", FakeHost.CUT);
            store.give(Mails.envelope("", "first@example.org", "second@example.org"), TEXT);
            eventually(() -> host.connections() >= 2);
            host.behave();
            store.drain();
            assertThat(host.mails().stream().flatMap(mail -> mail.recipients().stream()))
                    .containsExactly("first@example.org", "second@example.org");
        }
    }

    @Test
    void success_isReportedWhereItWasAskedFor() {
        try (FakeHost host = FakeHost.lmtp("PIPELINING");
                RunningStore store = store(tcp(host.port()), Duration.ofSeconds(20))) {
            Envelope asked = new Envelope(
                    ReversePath.parse("alice@example.org"),
                    List.of(new Recipient(ForwardPath.parse("bob@example.org"), Set.of("SUCCESS"), Optional.empty())),
                    MailParameters.NONE);
            store.give(asked, TEXT);
            eventually(() -> host.mails().size() == 2);
            store.drain();
            assertThat(host.mails())
                    .filteredOn(mail -> mail.recipients().contains("alice@example.org"))
                    .singleElement()
                    .satisfies(mail -> assertThat(mail.text())
                            .contains(
                                    "Final-Recipient: rfc822; bob@example.org\r\nAction: delivered\r\nStatus: 2.0.0"));
        }
    }
}
