// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;

/// What is done on an event loop, and what never is: where somebody else is asked, the loop would wait with them.
final class EventLoopTest {
    private static final String LOOP = "smtp-loop";

    private static String askedOn(boolean atOnce, String... pieces) throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = Client.greeted(front.address(0))) {
            front.directory.atOnce = atOnce;
            front.assessor = (mail, deadline) -> {
                front.directory.askedOn.add("filters: " + Thread.currentThread().getName());
                return Assessment.accepted();
            };
            for (String piece : pieces) {
                client.say(piece);
            }
            client.say("QUIT");
            assertThat(front.store.kept).as("mails").hasSize(1);
            assertThat(front.directory.askedOn)
                    .as("where filters ran")
                    .anyMatch(name -> name.startsWith("filters: "))
                    .noneMatch(name -> name.startsWith("filters: " + LOOP));
            return front.directory.askedOn.stream()
                    .filter(name -> !name.startsWith("filters"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void directory_that_may_wait_is_not_asked_on_a_loop() throws IOException {
        assertThat(askedOn(
                        false,
                        "EHLO there.example",
                        "MAIL FROM:<a@there.example>",
                        "RCPT TO:<bob@here.example>",
                        "DATA",
                        "Subject: x\r\n\r\nhello\r\n."))
                .doesNotStartWith(LOOP);
    }

    @Test
    void directory_that_answers_from_memory_is_asked_where_the_command_came_in() throws IOException {
        assertThat(askedOn(
                        true,
                        "EHLO there.example",
                        "MAIL FROM:<a@there.example>",
                        "RCPT TO:<bob@here.example>",
                        "DATA",
                        "Subject: x\r\n\r\nhello\r\n."))
                .startsWith(LOOP);
    }

    @Test
    void message_that_comes_in_one_piece_with_its_DATA_is_not_judged_on_a_loop() throws IOException {
        String _ = askedOn(
                true,
                "EHLO there.example",
                "MAIL FROM:<a@there.example>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.",
                // One reply is read for each piece, and the second had four.
                "NOOP",
                "NOOP",
                "NOOP");
    }

    @Test
    void password_that_looks_like_a_command_is_not_checked_on_a_loop() throws Exception {
        try (TestFront front = TestFront.submission();
                Client client = Client.greeted(front.address(0))) {
            front.directory.atOnce = true;
            client.say("EHLO there.example");
            client.say("STARTTLS");
            client.startTls();
            client.say("EHLO there.example");
            client.say("AUTH LOGIN");
            client.say("bm9ib2R5");
            assertThat(client.say("NOOP")).startsWith("535 ");
            assertThat(front.directory.askedOn).isNotEmpty().noneMatch(name -> name.startsWith(LOOP));
        }
    }

    @Test
    void client_certificate_is_not_judged_on_a_loop() throws Exception {
        try (TestFront front = TestFront.mx();
                Client client = Client.connect(front.address(2))) {
            Set<String> connectedOn = ConcurrentHashMap.newKeySet();
            front.assessor = new Assessor() {
                @Override
                public Assessment assess(MailTransaction mail, Deadline deadline) {
                    return Assessment.accepted();
                }

                @Override
                public void connected(ClientInfo client) {
                    connectedOn.add(Thread.currentThread().getName());
                }
            };
            client.startTls();
            assertThat(client.reply()).startsWith("220 ");
            assertThat(connectedOn).hasSize(1).noneMatch(name -> name.startsWith(LOOP));
        }
    }
}
