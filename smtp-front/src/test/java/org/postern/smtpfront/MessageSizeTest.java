// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Accounts that take less than the front does: `tiny` takes 100 octets.
final class MessageSizeTest {
    private static final String LONG = "Subject: x\r\n\r\n" + "x".repeat(100) + "\r\n.\r\n";

    private static Client begin(TestFront front, String parameters) throws IOException {
        Client client = Client.greeted(front.address(0));
        client.say("EHLO client.example");
        assertThat(client.say("MAIL FROM:<a@there.example>" + parameters)).startsWith("250 ");
        return client;
    }

    private static String rcpt(Client client, String name) throws IOException {
        return client.say("RCPT TO:<" + name + "@here.example>");
    }

    private static String data(Client client) throws IOException {
        assertThat(client.say("DATA")).startsWith("354 ");
        client.sendRaw(LONG);
        return client.reply();
    }

    @Test
    void a_recipient_that_takes_less_than_announced_is_refused_and_the_others_are_not() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, " SIZE=118")) {
            assertThat(rcpt(client, "tiny")).startsWith("552 5.2.3 ");
            assertThat(rcpt(client, "alice")).startsWith("250 ");
            assertThat(data(client)).startsWith("250 ");
            assertThat(front.store.kept.getFirst().handoff().envelope().recipients())
                    .hasSize(1);
        }
    }

    @Test
    void a_message_that_was_not_announced_is_refused_after_it_came_and_judged_by_nobody() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, "")) {
            front.assessor = (mail, deadline) -> {
                throw new IllegalStateException("nobody is to be asked");
            };
            assertThat(rcpt(client, "tiny")).startsWith("250 ");
            assertThat(rcpt(client, "tiny")).startsWith("250 ");
            assertThat(data(client)).startsWith("552 5.2.3 ");
            assertThat(client.say("NOOP")).startsWith("250 ");
            assertThat(front.decisions.getFirst().detail()).contains("message-size");
        }
    }

    @Test
    void without_an_announcement_recipients_that_take_less_come_in_a_mail_of_their_own() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, "")) {
            assertThat(rcpt(client, "alice")).startsWith("250 ");
            assertThat(rcpt(client, "tiny")).startsWith("452 4.5.3 ");
            assertThat(data(client)).startsWith("250 ");
        }
    }

    @Test
    void a_message_larger_than_announced_is_refused_for_all_when_it_is_too_large_for_one() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, " SIZE=50")) {
            assertThat(rcpt(client, "alice")).startsWith("250 ");
            assertThat(rcpt(client, "tiny")).startsWith("250 ");
            assertThat(data(client)).startsWith("552 5.2.3 ");
            assertThat(front.store.kept).isEmpty();
        }
    }

    @Test
    void with_prdr_each_recipient_is_answered() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, " PRDR")) {
            assertThat(rcpt(client, "alice")).startsWith("250 ");
            assertThat(rcpt(client, "tiny")).startsWith("250 ");
            assertThat(data(client)).startsWith("353 ");
            assertThat(client.reply()).startsWith("250 ");
            assertThat(client.reply()).startsWith("552 5.2.3 ");
            assertThat(client.reply()).startsWith("250 ");
            assertThat(front.store.kept.getFirst().handoff().envelope().recipients())
                    .hasSize(1);
        }
    }

    @Test
    void with_prdr_a_message_too_large_for_all_has_one_answer() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, " PRDR")) {
            assertThat(rcpt(client, "tiny")).startsWith("250 ");
            assertThat(data(client)).startsWith("552 5.2.3 ");
            assertThat(client.say("NOOP")).startsWith("250 ");
        }
    }
}
