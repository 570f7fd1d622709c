// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.GreetingConfig;

/// What happens before the greeting.
final class GreetingTest {
    /// Longer than a test needs to say something after it has connected.
    private static final Duration DELAY = Duration.ofSeconds(2);

    private static AdmissionConfig greeting(AdmissionConfig config, Duration delay, GreetingConfig.EarlyTalkers early) {
        return Change.with(config, "greeting", new GreetingConfig(delay, DELAY, Rate.parse("1/1h"), early));
    }

    @Test
    void who_speaks_before_the_greeting_is_refused_where_that_is_set() throws IOException {
        try (TestFront front =
                        Admissions.strict(config -> greeting(config, DELAY, GreetingConfig.EarlyTalkers.REFUSE));
                Client client = Client.connect(front.address(0))) {
            client.sendRaw("EHLO client.example\r\n");
            assertThat(client.reply()).startsWith("554 5.5.0 ");
            assertThat(client.reply()).startsWith("503 5.5.1 ");
            assertThat(client.say("QUIT")).startsWith("221 ");
        }
    }

    @Test
    void who_speaks_before_the_greeting_is_served_and_the_filters_are_told() throws IOException {
        List<Boolean> early = new ArrayList<>();
        try (TestFront front =
                Admissions.strict(config -> greeting(config, DELAY, GreetingConfig.EarlyTalkers.FINDING))) {
            front.assessor = (mail, deadline) -> {
                early.add(mail.client().earlyTalker());
                return Assessment.accepted();
            };
            try (Client client = Client.connect(front.address(0))) {
                client.sendRaw("HELO client.example\r\n");
                assertThat(client.reply()).startsWith("220 ");
                assertThat(client.reply()).startsWith("250 ");
                assertThat(client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE))
                        .startsWith("250 ");
            }
            try (Client client = Client.greeted(front.address(0))) {
                client.say("HELO client.example");
                client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE);
            }
            assertThat(early).containsExactly(true, false);
        }
    }

    @Test
    void a_suspect_waits_for_the_greeting_and_gives_itself_away() throws IOException {
        try (TestFront front =
                Admissions.strict(config -> greeting(config, Duration.ZERO, GreetingConfig.EarlyTalkers.REFUSE))) {
            try (Client client = Client.greeted(front.address(0))) {
                for (int i = 0; i < 20; i++) {
                    client.say("RUBBISH");
                }
                assertThat(client.reply()).startsWith("421 4.7.0 Too many errors");
            }
            try (Client client = Client.connect(front.address(0))) {
                client.sendRaw("EHLO client.example\r\n");
                assertThat(client.reply())
                        .as("held back, so that it spoke first")
                        .startsWith("554 5.5.0 ");
            }
        }
    }

    @Test
    void who_leaves_before_the_greeting_leaves_nothing_behind() throws Exception {
        try (TestFront front =
                Admissions.strict(config -> greeting(config, DELAY, GreetingConfig.EarlyTalkers.FINDING))) {
            try (Client client = Client.connect(front.address(0))) {
                client.sendRaw("EHLO client.example\r\nMAIL FROM:<>\r\n");
            }
            while (front.connected.isEmpty()) {
                Thread.sleep(5);
            }
            while (front.meters.get("postern.smtp.connections").gauge().value() > 0
                    || front.meters.get("postern.admission.strangers").gauge().value() > 0) {
                Thread.sleep(5);
            }
            assertThat(front.decisions).isEmpty();
        }
    }
}
