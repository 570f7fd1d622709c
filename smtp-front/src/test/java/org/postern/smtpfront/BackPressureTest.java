// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.HandoffResult;

/// Mail that could not be judged or kept in time is refused before it is taken.
final class BackPressureTest {
    @Test
    void a_store_that_has_become_slow_is_noticed_before_more_data_is_taken() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (TestFront front =
                TestFront.mx(config -> Change.deadline(config, Duration.ofSeconds(8), Duration.ofSeconds(2)))) {
            front.store.answer = (handoff, deadline) -> {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return new HandoffResult.Accepted("s1", false);
            };
            List<Client> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Client client = Client.greeted(front.address(0));
                client.sendRaw("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n" + Admissions.MESSAGE
                        + ".\r\n");
                waiting.add(client);
            }
            Client early = Client.greeted(front.address(0));
            early.say("HELO client.example");
            // Half of three quarters of the deadline, for on average half of the time is still to come.
            while (front.meters
                            .get("postern.admission.expected.seconds")
                            .gauge()
                            .value()
                    <= 6) {
                Thread.sleep(20);
            }
            assertThat(early.say("MAIL FROM:<>")).startsWith("451 4.3.2 ");
            try (Client late = Client.connect(front.address(0))) {
                assertThat(late.reply()).startsWith("421 4.3.2 ");
            }
            end.countDown();
            for (Client client : waiting) {
                for (int i = 0; i < 4; i++) {
                    client.reply();
                }
                assertThat(client.reply()).as("taken before").startsWith("250 2.0.0 ");
                client.close();
            }
            assertThat(early.say("MAIL FROM:<>")).as("nothing is under way").startsWith("250 ");
            early.close();
            assertThat(Admissions.barred(front, "pressure")).isEqualTo(2);
            assertThat(front.store.kept).hasSize(4);
        }
    }
}
