// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.CidrBlock;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Verdict;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.limits.LoginLimitsConfig;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.GreetingConfig;
import org.postern.smtpfront.admission.GreylistConfig;
import org.postern.smtpfront.admission.LoginRefusal;
import org.postern.smtpfront.admission.RatesConfig;

/// Admission over real connections. What depends on time is in the tests of its package, on a clock of their own.
final class AdmissionTest {
    private static final String MESSAGE = "Subject: x\r\n\r\ntext\r\n";

    @TempDir
    private Path folder;

    /// A front on which loopback is a stranger like any other.
    private static TestFront strict(UnaryOperator<AdmissionConfig> change) throws IOException {
        return TestFront.mx(config -> Change.admission(config, change.apply(noneExempt())));
    }

    private static AdmissionConfig noneExempt() {
        return Change.with(AdmissionConfig.defaults(), "exempt", List.of());
    }

    private static AdmissionConfig rates(AdmissionConfig config, String name, Object value) {
        return Change.with(config, "rates", Change.with(RatesConfig.defaults(), name, value));
    }

    private static double barred(TestFront front, String why) {
        return front.meters
                .get("postern.admission.barred")
                .tag("why", why)
                .counter()
                .count();
    }

    private static void assertClosed(Client client) throws IOException {
        assertThat(client.reply()).isEmpty();
    }

    @Test
    void who_connects_too_often_is_told_to_come_again() throws IOException {
        try (TestFront front = strict(config -> rates(config, "connections", Rate.parse("2/1h")))) {
            Client.greeted(front.address(0)).close();
            Client.greeted(front.address(0)).close();
            try (Client client = Client.connect(front.address(0))) {
                assertThat(client.reply()).startsWith("421 4.7.0 Connecting too often");
                assertClosed(client);
            }
            assertThat(barred(front, "connection-rate")).isEqualTo(1);
        }
    }

    @Test
    void a_network_has_a_bound_of_its_own() throws IOException {
        try (TestFront front = TestFront.mx(config -> Change.admission(
                Change.with(
                        Change.with(config, "limits", Change.with(config.limits(), "connectionsPerAddress", 2)),
                        "listen",
                        List.of(new ListenerConfig(
                                0, "127.0.0.1", TlsMode.NONE, List.of(CidrBlock.parse("127.0.0.1"))))),
                Change.with(AdmissionConfig.defaults(), "networkFactor", 2)))) {
            List<Client> clients = new ArrayList<>();
            for (String address : List.of("2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1")) {
                clients.add(announced(front, "TCP6 " + address + " ::1"));
                assertThat(clients.getLast().reply()).startsWith("220 ");
            }
            clients.add(announced(front, "TCP6 2001:db8:0:5::1 ::1"));
            assertThat(clients.getLast().reply()).startsWith("421 4.7.0 ");
            clients.add(announced(front, "TCP6 2001:db8:1:1::1 ::1"));
            assertThat(clients.getLast().reply()).as("another /48").startsWith("220 ");
            assertThat(barred(front, "network-sessions")).isEqualTo(1);
            for (Client client : clients) {
                client.close();
            }
        }
    }

    private static Client announced(TestFront front, String addresses) throws IOException {
        Client client = Client.connect(front.address(0));
        client.sendRaw("PROXY " + addresses + " 12345 25\r\n");
        return client;
    }

    @Test
    void a_session_that_sends_commands_too_fast_is_ended() throws IOException {
        try (TestFront front = strict(config -> rates(config, "sessionCommands", Rate.parse("3/1h")));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            client.say("MAIL FROM:<>");
            client.say("RCPT TO:<bob@here.example>");
            assertThat(client.say("DATA")).startsWith("421 4.7.0 Too many commands");
            assertClosed(client);
            assertThat(front.decisions).hasSize(1);
        }
    }

    @Test
    void an_address_that_sends_commands_too_fast_in_many_sessions_is_stopped_too() throws IOException {
        try (TestFront front = strict(config -> rates(config, "commands", Rate.parse("3/1h")));
                Client one = Client.greeted(front.address(0));
                Client other = Client.greeted(front.address(0))) {
            assertThat(one.say("HELO client.example")).startsWith("250 ");
            assertThat(other.say("HELO client.example")).startsWith("250 ");
            assertThat(one.say("MAIL FROM:<>")).startsWith("250 ");
            assertThat(other.say("MAIL FROM:<>")).startsWith("421 4.7.0 ");
        }
    }

    @Test
    void a_session_of_nothing_but_idle_commands_is_ended_and_mail_makes_it_fresh() throws IOException {
        try (TestFront front = strict(config -> rates(config, "idleCommands", 10));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 9; j++) {
                    assertThat(client.say("NOOP")).startsWith("250 ");
                }
                assertThat(client.mail("a@there.example", "bob@here.example", MESSAGE))
                        .startsWith("250 ");
            }
            for (int j = 0; j < 10; j++) {
                assertThat(client.say("rset")).startsWith("250 ");
            }
            assertThat(client.say("NOOP")).startsWith("421 4.7.0 ");
            assertClosed(client);
        }
    }

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
            assertThat(barred(front, "silent")).isEqualTo(1);
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

    @Test
    void a_denied_client_is_told_why_and_may_only_quit() throws IOException {
        Path list = Files.writeString(folder.resolve("deny.txt"), "deny client 127.0.0.0/8 We know you\n");
        try (TestFront front =
                        TestFront.mx(config -> Change.admission(config, lists(AdmissionConfig.defaults(), list)));
                Client client = Client.connect(front.address(0))) {
            assertThat(client.reply()).isEqualTo("554 5.7.1 We know you");
            assertThat(client.say("EHLO client.example")).startsWith("503 5.5.1 ");
            assertThat(client.say("MAIL FROM:<>")).startsWith("503 5.5.1 ");
            assertThat(client.say("quit")).startsWith("221 ");
            assertClosed(client);
            assertThat(barred(front, "denied-client")).isEqualTo(1);
        }
    }

    private static AdmissionConfig lists(AdmissionConfig config, Path list) {
        return Change.with(config, "lists", List.of(list));
    }

    @Test
    void denied_senders_and_recipients_are_told_the_text_of_the_rule() throws IOException {
        Path list = Files.writeString(folder.resolve("deny.txt"), """
                deny sender .spam.example Go away
                deny recipient bob@here.example Bob has left
                """);
        try (TestFront front = strict(config -> lists(config, list));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            assertThat(client.say("MAIL FROM:<x@a.spam.example>")).isEqualTo("550 5.7.1 Go away");
            assertThat(client.say("MAIL FROM:<x@fine.example>")).startsWith("250 ");
            assertThat(client.say("RCPT TO:<Bob@here.example>")).isEqualTo("550 5.7.1 Bob has left");
            assertThat(client.say("RCPT TO:<alice@here.example>")).startsWith("250 ");
            assertThat(front.decisions.getFirst().detail()).isEqualTo("denied by deny.txt:1");
        }
    }

    @Test
    void an_allowed_client_is_spared_limits_and_greylisting_but_not_the_filters() throws IOException {
        Path list = Files.writeString(folder.resolve("allow.txt"), "allow client 127.0.0.1\n");
        AtomicBoolean judged = new AtomicBoolean();
        try (TestFront front =
                strict(config -> greylisting(rates(lists(config, list), "connections", Rate.parse("1/1h"))))) {
            front.assessor = (mail, deadline) -> {
                judged.set(true);
                return scored(3);
            };
            Client.greeted(front.address(0)).close();
            try (Client client = Client.greeted(front.address(0))) {
                client.say("HELO client.example");
                assertThat(client.mail("a@there.example", "bob@here.example", MESSAGE))
                        .startsWith("250 ");
                assertThat(judged).isTrue();
                front.assessor = (mail, deadline) ->
                        new Assessment(List.of(), new TreeMap<>(Map.of()), 100, new Verdict.Reject("a virus"));
                assertThat(client.mail("a@there.example", "bob@here.example", MESSAGE))
                        .startsWith("550 ");
            }
        }
    }

    private static AdmissionConfig greylisting(AdmissionConfig config) {
        return Change.with(
                config,
                "greylist",
                new GreylistConfig(
                        OptionalDouble.of(2),
                        OptionalDouble.of(5),
                        Duration.ofMinutes(3),
                        Duration.ofDays(2),
                        Duration.ofDays(36),
                        false,
                        1000));
    }

    private static Assessment scored(double score) {
        return new Assessment(List.of(), new TreeMap<>(Map.of()), score, new Verdict.Accept());
    }

    @Test
    void undecided_mail_of_a_stranger_must_come_again_and_decided_mail_need_not() throws IOException {
        try (TestFront front = strict(AdmissionTest::greylisting);
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            front.assessor = (mail, deadline) -> scored(0);
            assertThat(client.mail("a@there.example", "bob@here.example", MESSAGE))
                    .startsWith("250 ");
            front.assessor = (mail, deadline) -> scored(3);
            assertThat(client.mail("a@there.example", "bob@here.example", MESSAGE))
                    .matches("451 4\\.7\\.1 Not known here yet, try again in 1[78]\\d seconds .*");
            assertThat(front.store.kept).hasSize(1);
            assertThat(front.decisions.getLast().detail()).isEqualTo("greylisted");
            assertThat(front.decisions.getLast().assessment()).isPresent();
            assertThat(barred(front, "greylisted")).isEqualTo(1);
        }
    }

    private static AdmissionConfig greeting(AdmissionConfig config, Duration delay, GreetingConfig.EarlyTalkers early) {
        return Change.with(
                config, "greeting", new GreetingConfig(delay, Duration.ofMillis(300), Rate.parse("1/1h"), early));
    }

    @Test
    void who_speaks_before_the_greeting_is_refused_where_that_is_set() throws IOException {
        try (TestFront front =
                        strict(config -> greeting(config, Duration.ofMillis(300), GreetingConfig.EarlyTalkers.REFUSE));
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
                strict(config -> greeting(config, Duration.ofMillis(300), GreetingConfig.EarlyTalkers.FINDING))) {
            front.assessor = (mail, deadline) -> {
                early.add(mail.client().earlyTalker());
                return Assessment.accepted();
            };
            try (Client client = Client.connect(front.address(0))) {
                client.sendRaw("HELO client.example\r\n");
                assertThat(client.reply()).startsWith("220 ");
                assertThat(client.reply()).startsWith("250 ");
                assertThat(client.mail("a@there.example", "bob@here.example", MESSAGE))
                        .startsWith("250 ");
            }
            try (Client client = Client.greeted(front.address(0))) {
                client.say("HELO client.example");
                client.mail("a@there.example", "bob@here.example", MESSAGE);
            }
            assertThat(early).containsExactly(true, false);
        }
    }

    @Test
    void a_suspect_waits_for_the_greeting_and_gives_itself_away() throws IOException {
        try (TestFront front = strict(config -> greeting(config, Duration.ZERO, GreetingConfig.EarlyTalkers.REFUSE))) {
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
                strict(config -> greeting(config, Duration.ofMillis(300), GreetingConfig.EarlyTalkers.FINDING))) {
            try (Client client = Client.connect(front.address(0))) {
                client.sendRaw("EHLO client.example\r\nMAIL FROM:<>\r\n");
            }
            while (front.meters.get("postern.smtp.connections").gauge().value() > 0
                    || front.meters.get("postern.admission.strangers").gauge().value() > 0) {
                Thread.sleep(5);
            }
            assertThat(front.decisions).isEmpty();
        }
    }

    private static String plain(String login, String password) {
        return "AUTH PLAIN "
                + Base64.getEncoder().encodeToString(("\0" + login + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

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

    private static Client secure(TestFront front, int listener) throws IOException {
        Client client = Client.connect(front.address(listener));
        client.startTls();
        client.reply();
        client.say("EHLO client.example");
        return client;
    }

    @Test
    void after_too_many_failed_logins_the_right_password_is_not_even_tried_on_any_listener() throws IOException {
        try (TestFront front = submission(LoginRefusal.REFUSE, UnaryOperator.identity())) {
            try (Client client = secure(front, 0)) {
                assertThat(client.say(plain("bob@here.example", "one"))).startsWith("535 5.7.8 ");
                assertThat(client.say(plain("eve@here.example", "two"))).startsWith("535 5.7.8 ");
                assertThat(client.say(plain("alice@here.example", FakeDirectory.PASSWORD)))
                        .startsWith("454 4.7.0 Too many failed logins");
                assertThat(client.say("NOOP")).startsWith("250 ");
            }
            try (Client client = secure(front, 1)) {
                assertThat(client.say(plain("alice@here.example", FakeDirectory.PASSWORD)))
                        .startsWith("454 4.7.0 ");
            }
            assertThat(barred(front, "logins")).isEqualTo(2);
        }
    }

    @Test
    void after_too_many_failed_logins_the_session_ends_where_that_is_set() throws IOException {
        try (TestFront front = submission(LoginRefusal.DISCONNECT, UnaryOperator.identity());
                Client client = secure(front, 0)) {
            client.say(plain("bob@here.example", "one"));
            client.say(plain("bob@here.example", "two"));
            assertThat(client.say(plain("alice@here.example", FakeDirectory.PASSWORD)))
                    .startsWith("421 4.7.0 ");
            assertClosed(client);
        }
    }

    @Test
    void the_last_places_are_for_users() throws IOException {
        try (TestFront front = submission(
                LoginRefusal.REFUSE,
                config -> Change.with(config, "limits", Change.with(config.limits(), "connections", 10)))) {
            List<Client> strangers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                strangers.add(secure(front, 0));
            }
            try (Client user = secure(front, 0);
                    Client guest = secure(front, 0)) {
                assertThat(user.say(plain("alice@here.example", FakeDirectory.PASSWORD)))
                        .startsWith("235 ");
                assertThat(user.say("MAIL FROM:<alice@here.example>")).startsWith("250 ");
                assertThat(guest.say("MAIL FROM:<x@there.example>")).startsWith("421 4.3.2 ");
                assertClosed(guest);
            }
            for (Client client : strangers) {
                client.close();
            }
            assertThat(barred(front, "reserved")).isEqualTo(1);
        }
    }

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
                client.sendRaw("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n" + MESSAGE + ".\r\n");
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
            assertThat(barred(front, "pressure")).isEqualTo(2);
            assertThat(front.store.kept).hasSize(4);
        }
    }
}
