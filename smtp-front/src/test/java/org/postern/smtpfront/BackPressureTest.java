// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.mail.ReversePath;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.PressureConfig;

/// Mail that could not be judged or kept in time is refused before it is taken.
final class BackPressureTest {
    private static void send(Client client) throws IOException {
        client.sendRaw(
                "HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n" + Admissions.MESSAGE + ".\r\n");
    }

    private static void assertTaken(Client client) throws IOException {
        for (int i = 0; i < 4; i++) {
            client.reply();
        }
        assertThat(client.reply()).as("taken before").startsWith("250 2.0.0 ");
        client.close();
    }

    @Test
    void a_store_that_has_become_slow_is_noticed_before_more_data_is_taken() throws Exception {
        Gate storing = new Gate();
        try (TestFront front =
                TestFront.mx(config -> Change.deadline(config, Duration.ofSeconds(8), Duration.ofSeconds(2)))) {
            front.store.answer = (handoff, deadline) -> {
                storing.pass();
                return new HandoffResult.Accepted("s1", false);
            };
            List<Client> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Client client = Client.greeted(front.address(0));
                send(client);
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
            storing.open();
            for (Client client : waiting) {
                assertTaken(client);
            }
            assertThat(early.say("MAIL FROM:<>")).as("nothing is under way").startsWith("250 ");
            early.close();
            assertThat(Admissions.barred(front, "pressure")).isEqualTo(2);
            assertThat(front.store.kept).hasSize(4);
        }
    }

    @Test
    void places_kept_for_users_are_theirs_while_strangers_mails_hang() throws Exception {
        Gate storing = new Gate();
        List<Client> strangers = new ArrayList<>();
        try (TestFront front = new TestFront(
                Authentication.OPTIONAL,
                List.of(TlsMode.NONE, TlsMode.IMPLICIT),
                config -> Change.admission(
                        Change.with(config, "limits", Change.with(config.limits(), "mailsAtOnce", 5)),
                        Change.with(AdmissionConfig.defaults(), "pressure", new PressureConfig(false, 75, 20))))) {
            front.store.answer = (handoff, deadline) -> {
                if (handoff.envelope().reversePath().equals(ReversePath.parse(""))) {
                    storing.pass();
                }
                return new HandoffResult.Accepted("s1", false);
            };
            for (int i = 0; i < 4; i++) {
                Client stranger = Client.greeted(front.address(0));
                send(stranger);
                strangers.add(stranger);
            }
            while (front.meters.get("postern.admission.mails.working").gauge().value() < 4) {
                Thread.sleep(5);
            }
            try (Client one = Client.connect(front.address(0));
                    Client user = Client.secure(front.address(1))) {
                assertThat(one.reply()).as("might log in").startsWith("220 ");
                one.say("HELO client.example");
                assertThat(one.say("MAIL FROM:<a@there.example>")).startsWith("451 4.3.2 ");
                assertThat(user.logIn("alice@here.example", FakeDirectory.PASSWORD))
                        .startsWith("235 ");
                for (int i = 0; i < 2; i++) {
                    assertThat(user.mail("alice@here.example", "bob@here.example", Admissions.MESSAGE))
                            .startsWith("250 2.0.0 ");
                }
            }
            assertThat(front.store.kept).as("those of strangers still hang").hasSize(2);
            storing.open();
            for (Client stranger : strangers) {
                assertTaken(stranger);
            }
            assertThat(Admissions.barred(front, "pressure")).isEqualTo(1);
        }
    }
}
