// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// One transaction may have 50 recipients, and all of a front together 250 and a few each.
final class ManyRecipientsTest {
    private static final int RECIPIENTS = 50;
    private static final int FULL = 5;
    private static final int FREE = 2;

    private static SmtpFrontConfig fifty(SmtpFrontConfig config) {
        return Change.with(config, "limits", Change.with(config.limits(), "recipients", RECIPIENTS));
    }

    private static Client begin(TestFront front) throws IOException {
        Client client = Client.greeted(front.address(0));
        client.say("EHLO client.example");
        assertThat(client.say("MAIL FROM:<>")).startsWith("250 ");
        return client;
    }

    /// How many were taken before the first that was not.
    private static int add(Client client, int most) throws IOException {
        for (int i = 0; i < most; i++) {
            String reply = client.say("RCPT TO:<bob@here.example>");
            if (!reply.startsWith("250 ")) {
                assertThat(reply).startsWith("452 4.5.3 ");
                return i;
            }
        }
        return most;
    }

    @Test
    void what_all_transactions_have_together_is_bounded_and_each_may_have_a_few_all_the_same() throws Exception {
        try (TestFront front = TestFront.mx(ManyRecipientsTest::fifty)) {
            Client[] clients = new Client[FULL + 3];
            int taken = 0;
            for (int i = 0; i < clients.length; i++) {
                clients[i] = begin(front);
                taken += add(clients[i], RECIPIENTS + 1);
            }
            assertThat(taken).isEqualTo(FULL * RECIPIENTS + clients.length * FREE);
            Client late = clients[clients.length - 1];
            assertThat(add(late, 1)).as("nothing is left").isZero();
            assertThat(late.say("DATA")).startsWith("354 ");
            late.sendRaw(Admissions.MESSAGE + ".\r\n");
            assertThat(late.reply()).as("with those it has").startsWith("250 ");
            // However a transaction ends, its places are free again.
            assertThat(clients[0].say("RSET")).startsWith("250 ");
            clients[1].abort();
            assertThat(late.say("MAIL FROM:<>")).startsWith("250 ");
            assertThat(add(late, RECIPIENTS)).isEqualTo(RECIPIENTS);
            assertThat(clients[0].say("MAIL FROM:<>")).startsWith("250 ");
            // The front may not have heard yet that the other one is gone.
            for (int has = 0; has < RECIPIENTS; has += add(clients[0], RECIPIENTS - has)) {
                Thread.sleep(5);
            }
            for (Client client : clients) {
                client.close();
            }
            while (front.meters.get("postern.smtp.recipients.open").gauge().value() > 0) {
                Thread.sleep(5);
            }
        }
    }
}
