// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.handoff.HandoffResult;

/// No event loop ever waits for anybody, however slow those are that the front asks.
final class EventLoopBlockingTest {
    private static final long SLOW_MILLIS = 300;

    private static void dawdle() {
        try {
            Thread.sleep(SLOW_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void no_event_loop_waits_while_directory_filters_and_store_are_slow() throws Exception {
        try (TestFront front = new TestFront(
                        Authentication.OPTIONAL,
                        List.of(TlsMode.NONE, TlsMode.STARTTLS, TlsMode.IMPLICIT),
                        UnaryOperator.identity());
                EventLoopWatch watch = new EventLoopWatch()) {
            front.directory.delay = EventLoopBlockingTest::dawdle;
            front.assessor = (mail, deadline) -> {
                dawdle();
                return Assessment.accepted();
            };
            front.store.answer = (handoff, deadline) -> {
                dawdle();
                return new HandoffResult.Accepted("s1", false);
            };
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int listener = i % 3;
                clients.add(Thread.ofVirtual().start(() -> session(front, listener)));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(front.store.kept).hasSize(24);
            assertThat(watch.blocked()).isEmpty();
        }
    }

    private static void session(TestFront front, int listener) {
        try (Client client = Client.connect(front.address(listener))) {
            if (listener == 2) {
                client.startTls();
            }
            client.reply();
            client.say("EHLO client.example");
            if (listener == 1) {
                client.say("STARTTLS");
                client.startTls();
                client.say("EHLO client.example");
            }
            if (listener > 0) {
                client.say("AUTH PLAIN AGFsaWNlQGhlcmUuZXhhbXBsZQB3cm9uZw==");
            }
            // Beyond message-memory, so that it goes to a file.
            assertThat(client.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n" + "text\r\n".repeat(100_000)))
                    .startsWith("250 ");
            client.say("MAIL FROM:<>");
            client.say("RCPT TO:<bob@here.example>");
            client.sendRaw("BDAT 300000\r\n" + "x".repeat(300_000) + "BDAT 0 LAST\r\n");
            client.reply();
            assertThat(client.reply()).startsWith("250 ");
            client.say("QUIT");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_directory_that_claims_to_answer_at_once_and_does_not_is_noticed() throws Exception {
        try (TestFront front = TestFront.mx();
                EventLoopWatch watch = new EventLoopWatch();
                Client client = Client.greeted(front.address(0))) {
            front.directory.atOnce = true;
            front.directory.delay = EventLoopBlockingTest::dawdle;
            client.say("EHLO client.example");
            client.say("MAIL FROM:<>");
            assertThat(client.say("RCPT TO:<bob@here.example>")).startsWith("250 ");
            assertThat(watch.blocked()).hasSize(1).first().asString().contains("jdk.ThreadSleep", "dawdle");
        }
    }

    @Test
    void one_that_reads_and_writes_a_file_is_noticed_however_fast_the_disk_is() throws Exception {
        Path file = Files.createTempFile("directory", ".txt");
        try (TestFront front = TestFront.mx();
                EventLoopWatch watch = new EventLoopWatch();
                Client client = Client.greeted(front.address(0))) {
            front.directory.atOnce = true;
            front.directory.delay = () -> look(file);
            client.say("EHLO client.example");
            client.say("MAIL FROM:<>");
            assertThat(client.say("RCPT TO:<bob@here.example>")).startsWith("250 ");
            assertThat(watch.blocked())
                    .anyMatch(seen -> seen.contains("jdk.FileWrite") && seen.contains("look"))
                    .anyMatch(seen -> seen.contains("jdk.FileRead") && seen.contains("look"));
        }
    }

    private static void look(Path file) {
        try {
            Files.writeString(file, "bob");
            Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
