// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters;
import org.postern.delivery.MailStores;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.testkit.Postfix;
import org.postern.testkit.Sink;
import org.postern.testkit.Tool;

class QmqpInteropTest {
    private static final String MESSAGE = """
            From: a@example.com
            Date: Sat, 21 Nov 2026 01:49:58 +0000
            Message-Id: <1@example.com>
            Subject: grüße

            line one
            .
            ..dots

            From here
            last
            """.replace("\n", "\r\n");

    @TempDir
    private Path folder;

    private static MailStore client(InetSocketAddress... servers) {
        HostAndPort[] stores = new HostAndPort[servers.length];
        for (int i = 0; i < servers.length; i++) {
            stores[i] = new HostAndPort("127.0.0.1", servers[i].getPort());
        }
        return MailStores.connect(
                HandoffClientConfig.to(HandoffClientConfig.Protocol.QMQP, stores), "mx1", new SimpleMeterRegistry());
    }

    @Test
    void mail_handedToPostfixQmqpd_isDeliveredByItWithItsLinesKept() throws IOException {
        try (Postfix postfix = Postfix.start();
                MailStore client = client(postfix.qmqpAddress())) {
            Handoff mail = Mails.handoff(MESSAGE, "alice@example.org", "bob@example.org");
            assertThat(client.handOver(mail, Mails.soon())).isInstanceOf(HandoffResult.Accepted.class);
            List<Path> delivered = postfix.awaitMessages(2);
            for (Path file : delivered) {
                String text = Files.readString(file);
                assertThat(text).endsWith(MESSAGE.replace("\r\n", "\n"));
                assertThat(text).startsWith("Return-Path: <sender@example.com>\n");
            }
        }
    }

    @Test
    void mails_handedToQmqpSink_areAllAccepted() {
        try (Sink sink = Sink.qmqp();
                MailStore client = client(sink.address())) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.handOver(Mails.handoff(MESSAGE + i, "alice@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
            byte[] large = new byte[2_000_000];
            java.util.Arrays.fill(large, (byte) 'x');
            Handoff mail = Mails.handoff(Mails.newId(), large, Disposition.DELIVER, "alice@example.org");
            assertThat(client.handOver(mail, Mails.soon())).isInstanceOf(HandoffResult.Accepted.class);
        }
    }

    @Test
    void mail_thatDemandsTls_isNotHandedToQmqp_whichWouldForgetIt() {
        try (Sink sink = Sink.qmqp();
                MailStore client = client(sink.address())) {
            Handoff plain = Mails.handoff(MESSAGE, "alice@example.org");
            Envelope demanding = new Envelope(
                    plain.envelope().reversePath(),
                    plain.envelope().recipients(),
                    new MailParameters(
                            MailParameters.BodyType.SEVEN_BIT, false, true, Optional.empty(), Optional.empty()));
            Handoff mail = new Handoff(plain.id(), plain.dedupKey(), demanding, plain.content(), plain.disposition());

            assertThat(client.handOver(mail, Mails.soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            refused -> assertThat(refused.permanent()).isTrue());
        }
    }

    @Test
    void mailsOfQmqpSource_areAllDeliveredAlthoughTheyAreAllTheSame() throws IOException {
        try (RunningStore store = new RunningStore(folder)) {
            Tool.Result result = Tool.qmqpSource(
                    Duration.ofMinutes(1),
                    List.of(
                            "-c",
                            "-s",
                            "5",
                            "-m",
                            "100",
                            "-l",
                            "5000",
                            "-f",
                            "source@example.com",
                            "-t",
                            "alice@example.org",
                            "127.0.0.1:" + store.qmqp().port()));
            assertThat(result.exitCode()).as(result.output()).isZero();
            store.drain();
            List<Path> delivered = Mails.in(store.mail(), "alice");
            assertThat(delivered).hasSize(100);
            assertThat(Files.readString(delivered.getFirst()))
                    .startsWith("Return-Path: <source@example.com>\r\nDelivered-To: alice@example.org\r\n");
        }
    }

    @Test
    void client_whenTheFirstServerIsDown_takesTheNext() throws IOException {
        InetSocketAddress down;
        try (ServerSocket gone = new ServerSocket(0)) {
            down = new InetSocketAddress(InetAddress.getLoopbackAddress(), gone.getLocalPort());
        }
        try (Sink sink = Sink.qmqp();
                MailStore client = client(down, sink.address())) {
            assertThat(client.handOver(Mails.handoff(MESSAGE, "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
    }

    @Test
    void mailForQuarantine_goesToTheQuarantineAddress_andIsDeferredWithoutOne() throws IOException {
        try (RunningStore store = new RunningStore(folder)) {
            HandoffClientConfig plain = HandoffClientConfig.to(HandoffClientConfig.Protocol.QMQP, store.qmqp());
            HandoffClientConfig config = new HandoffClientConfig(
                    plain.stores(),
                    plain.protocol(),
                    plain.connectTimeout(),
                    plain.connectionsMax(),
                    plain.idleTimeout(),
                    HandoffClientConfig.QmqpLineEndings.KEEP,
                    Optional.of(MailAddress.parse("jail@example.org")),
                    Optional.empty());
            Handoff mail = Mails.handoff(
                    Mails.newId(),
                    MESSAGE.getBytes(StandardCharsets.UTF_8),
                    Disposition.QUARANTINE,
                    "alice@example.org");
            try (MailStore with = MailStores.connect(config, "mx1", new SimpleMeterRegistry());
                    MailStore without = MailStores.connect(plain, "mx1", new SimpleMeterRegistry())) {
                assertThat(with.handOver(mail, Mails.soon())).isInstanceOf(HandoffResult.Accepted.class);
                assertThat(without.handOver(mail, Mails.soon())).isInstanceOf(HandoffResult.Refused.class);
            }
            store.drain();
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
            assertThat(Files.readString(Mails.in(store.mail(), "jail").getFirst()))
                    .endsWith(MESSAGE);
        }
    }
}
