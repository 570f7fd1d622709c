// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.LoginLimitsConfig;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.LoginRefusal;

/// Failed logins, and the places that are kept for users.
final class UsersFirstTest {
    private static TestFront submission(LoginRefusal refusal, UnaryOperator<SmtpFrontConfig> change)
            throws IOException {
        LoginLimitsConfig limits =
                new LoginLimitsConfig(Rate.parse("2/1h"), Rate.UNLIMITED, Duration.ZERO, Duration.ZERO, 1000);
        return new TestFront(
                Authentication.REQUIRED,
                List.of(TlsMode.IMPLICIT, TlsMode.IMPLICIT),
                config -> change.apply(Change.admission(
                        config,
                        Change.with(
                                Change.with(AdmissionConfig.defaults(), "logins", limits), "loginRefusal", refusal))));
    }

    @Test
    void after_too_many_failed_logins_the_right_password_is_not_even_tried_on_any_listener() throws IOException {
        try (TestFront front = submission(LoginRefusal.REFUSE, UnaryOperator.identity())) {
            try (Client client = Client.secure(front.address(0))) {
                assertThat(client.logIn("bob@here.example", "one")).startsWith("535 5.7.8 ");
                assertThat(client.logIn("eve@here.example", "two")).startsWith("535 5.7.8 ");
                assertThat(client.logIn("alice@here.example", FakeDirectory.PASSWORD))
                        .startsWith("454 4.7.0 Too many failed logins");
                assertThat(client.say("NOOP")).startsWith("250 ");
            }
            try (Client client = Client.secure(front.address(1))) {
                assertThat(client.logIn("alice@here.example", FakeDirectory.PASSWORD))
                        .startsWith("454 4.7.0 ");
            }
            assertThat(Admissions.barred(front, "logins")).isEqualTo(2);
        }
    }

    @Test
    void after_too_many_failed_logins_the_session_ends_where_that_is_set() throws IOException {
        try (TestFront front = submission(LoginRefusal.DISCONNECT, UnaryOperator.identity());
                Client client = Client.secure(front.address(0))) {
            client.logIn("bob@here.example", "one");
            client.logIn("bob@here.example", "two");
            assertThat(client.logIn("alice@here.example", FakeDirectory.PASSWORD))
                    .startsWith("421 4.7.0 ");
            Admissions.assertClosed(client);
        }
    }

    @Test
    void the_last_places_are_for_users() throws IOException {
        try (TestFront front = submission(
                LoginRefusal.REFUSE,
                config -> Change.with(config, "limits", Change.with(config.limits(), "connections", 10)))) {
            List<Client> strangers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                strangers.add(Client.secure(front.address(0)));
            }
            try (Client user = Client.secure(front.address(0));
                    Client guest = Client.secure(front.address(0))) {
                assertThat(user.logIn("alice@here.example", FakeDirectory.PASSWORD))
                        .startsWith("235 ");
                assertThat(user.say("MAIL FROM:<alice@here.example>")).startsWith("250 ");
                assertThat(guest.say("MAIL FROM:<x@there.example>")).startsWith("421 4.3.2 ");
                Admissions.assertClosed(guest);
            }
            for (Client client : strangers) {
                client.close();
            }
            assertThat(Admissions.barred(front, "reserved")).isEqualTo(1);
        }
    }
}
