// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.limits.ByteSize;

final class LifeCycleTest {
    private static final String MESSAGE = "Subject: x\r\n\r\ntext\r\n";

    @Test
    void close_says_421_to_the_idle_and_lets_a_mail_under_way_end() throws Exception {
        Gate judging = new Gate();
        TestFront front = TestFront.mx();
        try (Client idle = Client.greeted(front.address(0));
                Client busy = Client.greeted(front.address(0))) {
            front.assessor = (mail, deadline) -> {
                judging.pass();
                return Assessment.accepted();
            };
            busy.say("EHLO client.example");
            busy.say("MAIL FROM:<from@there.example>");
            busy.say("RCPT TO:<alice@here.example>");
            busy.say("DATA");
            busy.sendRaw(MESSAGE + ".\r\n");
            judging.awaitReached();
            Thread closing = Thread.ofVirtual().start(front::close);
            assertThat(idle.reply()).startsWith("421 4.3.2 ");
            assertThat(idle.reply()).isEmpty();
            judging.open();
            assertThat(busy.reply()).startsWith("250 2.0.0 ");
            assertThat(busy.reply()).startsWith("421 4.3.2 ");
            assertThat(busy.reply()).isEmpty();
            closing.join();
            assertThat(front.store.kept).hasSize(1);
            assertThatThrownBy(() -> Client.connect(front.address(0))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_drained_front_says_what_became_of_its_sessions_and_mails() throws Exception {
        Gate judging = new Gate();
        try (TestFront front = TestFront.mx();
                Client idle = Client.greeted(front.address(0));
                Client busy = Client.greeted(front.address(0));
                Client stuck = Client.greeted(front.address(0))) {
            front.assessor = (mail, deadline) -> {
                judging.pass();
                return Assessment.accepted();
            };
            for (Client client : List.of(busy, stuck)) {
                client.say("EHLO client.example");
                client.say("MAIL FROM:<from@there.example>");
                client.say("RCPT TO:<alice@here.example>");
                client.say("DATA");
            }
            busy.sendRaw(MESSAGE + ".\r\n");
            judging.awaitReached();
            CompletableFuture<DrainReport> draining =
                    CompletableFuture.supplyAsync(() -> front.front.drain(Duration.ofSeconds(6)));
            assertThat(idle.reply()).startsWith("421 4.3.2 ");
            assertThatThrownBy(() -> Client.connect(front.address(0))).isInstanceOf(IOException.class);
            judging.open();
            assertThat(busy.reply()).startsWith("250 2.0.0 ");
            assertThat(busy.reply()).startsWith("421 4.3.2 ");
            DrainReport report = draining.join();
            assertThat(stuck.reply()).as("broken off without an answer").isEmpty();
            assertThat(List.of(
                            report.sessions(),
                            (int) report.handedOver(),
                            report.sessionsBrokenOff(),
                            report.mailsBrokenOff()))
                    .containsExactly(3, 1, 1, 1);
            assertThat(front.front.drain(Duration.ZERO)).as("asked again").isSameAs(report);
            assertThat(front.store.kept).hasSize(1);
        }
    }

    @Test
    void a_message_broken_off_leaves_nothing_but_a_record() throws Exception {
        try (TestFront front = TestFront.mx(config -> Change.limits(
                        config, new LimitsConfig(10, 10, ByteSize.ofMiB(1), ByteSize.ofKiB(1), 10, 512, 5, 5, 5)));
                Client client = Client.greeted(front.address(0))) {
            client.say("EHLO client.example");
            client.say("MAIL FROM:<from@there.example>");
            client.say("RCPT TO:<nobody@here.example>");
            client.say("RCPT TO:<alice@here.example>");
            client.say("DATA");
            client.sendRaw("x".repeat(5000) + "\r\n");
            client.abort();
            while (front.decisions.isEmpty()) {
                Thread.sleep(5);
            }
            assertThat(front.decisions.getFirst().reply().toString()).startsWith("421 4.4.2 ");
            assertThat(front.decisions.getFirst().detail()).contains("during the message", "nobody@here.example: 550");
            assertThat(front.store.asked).isEmpty();
            try (Stream<Path> files = Files.list(front.tempFolder)) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void a_client_that_is_silent_is_told_and_let_go() throws IOException {
        try (TestFront front = TestFront.mx(config -> Change.timeouts(
                        config,
                        new TimeoutsConfig(
                                Duration.ofMillis(300),
                                Duration.ofMillis(300),
                                Duration.ofSeconds(5),
                                Duration.ofHours(1),
                                Duration.ofSeconds(5))));
                Client client = Client.greeted(front.address(0))) {
            assertThat(client.reply()).startsWith("421 4.4.2 ");
            assertThat(client.reply()).isEmpty();
        }
    }

    @RepeatedTest(50)
    void a_client_that_only_half_closes_still_gets_its_replies() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = Client.greeted(front.address(0))) {
            client.sendRaw("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n" + MESSAGE + ".\r\n");
            client.shutdownOutput();
            assertThat(client.reply()).startsWith("250 ");
            assertThat(client.reply()).startsWith("250 ");
            assertThat(client.reply()).startsWith("250 ");
            assertThat(client.reply()).startsWith("354 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(client.reply()).isEmpty();
            assertThat(front.store.proven).isEmpty();
        }
    }

    @Test
    void when_all_connections_are_taken_everybody_is_told_421_until_one_ends() throws Exception {
        try (TestFront front = TestFront.mx(
                        config -> Change.with(config, "limits", Change.with(config.limits(), "connections", 2)));
                Client one = Client.greeted(front.address(0));
                Client two = Client.greeted(front.address(0))) {
            try (Client tooMany = Client.connect(front.address(0))) {
                assertThat(tooMany.reply()).startsWith("421 4.7.0 ");
                assertThat(tooMany.reply()).isEmpty();
            }
            assertThat(Admissions.barred(front, "connections")).isEqualTo(1);
            assertThat(one.say("NOOP")).as("those that are in stay in").startsWith("250 ");
            assertThat(two.say("QUIT")).startsWith("221 ");
            String reply = "";
            while (!reply.startsWith("220 ")) {
                try (Client again = Client.connect(front.address(0))) {
                    reply = again.reply();
                }
            }
        }
    }

    @Test
    void too_many_connections_from_one_address_are_told_421() throws Exception {
        try (TestFront front = TestFront.mx(Change::small)) {
            Client[] clients = new Client[5];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = Client.greeted(front.address(0));
            }
            try (Client tooMany = Client.connect(front.address(0))) {
                assertThat(tooMany.reply()).startsWith("421 4.7.0 ");
                assertThat(tooMany.reply()).isEmpty();
            }
            clients[0].say("QUIT");
            assertThat(clients[0].reply()).isEmpty();
            while (front.meters.get("postern.smtp.connections").gauge().value() > 4) {
                Thread.sleep(5);
            }
            try (Client again = Client.connect(front.address(0))) {
                assertThat(again.reply()).startsWith("220 ");
            }
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void a_port_in_use_is_named() throws IOException {
        try (TestFront first = TestFront.mx()) {
            int port = first.address(0).getPort();
            UnaryOperator<SmtpFrontConfig> same = config -> SmtpFrontConfig.of(
                    List.of(ListenerConfig.of("127.0.0.1", port, TlsMode.NONE)), Authentication.NONE);
            assertThatThrownBy(() -> TestFront.mx(same))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on 127.0.0.1 port " + port + ": another program listens there");
        }
    }

    @Test
    void a_certificate_that_is_not_there_is_named() {
        TlsConfig tls = new TlsConfig(
                java.util.Optional.of(Path.of("/nowhere/cert.pem")),
                java.util.Optional.of(Path.of("/nowhere/key.pem")));
        assertThatThrownBy(() -> TestFront.mx(config -> Change.tls(config, tls)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("certificate /nowhere/cert.pem does not exist");
    }
}
