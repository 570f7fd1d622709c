// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Clients that are never silent and never done.
final class SlowClientTest {
    @Test
    void a_message_in_drops_is_broken_off_although_the_client_is_never_silent() throws Exception {
        try (TestFront front = TestFront.mx(config -> hasty(config));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            client.say("MAIL FROM:<>");
            client.say("RCPT TO:<bob@here.example>");
            client.say("DATA");
            drip(client, "x");
            assertThat(client.reply()).startsWith("421 4.4.2 ");
            assertThat(front.decisions.getFirst().detail()).contains("too slow");
            assertThat(Admissions.barred(front, "silent")).isEqualTo(1);
        }
    }

    @Test
    void a_command_line_in_drops_is_broken_off_too() throws Exception {
        try (TestFront front = TestFront.mx(config -> hasty(config));
                Client client = Client.greeted(front.address(0))) {
            drip(client, "N");
            assertThat(client.reply()).startsWith("421 4.4.2 ");
        }
    }

    private static SmtpFrontConfig hasty(SmtpFrontConfig config) {
        return Change.timeouts(
                config,
                new TimeoutsConfig(
                        Duration.ofMillis(400),
                        Duration.ofMillis(400),
                        Duration.ofSeconds(5),
                        Duration.ofHours(1),
                        Duration.ofSeconds(5)));
    }

    /// Sends an octet every 20 ms until the server has had enough.
    private static void drip(Client client, String octet) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        Thread dripping = Thread.ofVirtual().start(() -> {
            try {
                while (!ended.get()) {
                    client.sendRaw(octet);
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                // The server has closed.
            }
        });
        client.await();
        ended.set(true);
        dripping.join();
    }
}
