// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.GreylistConfig;

/// Allow and deny lists, and greylisting, over real connections.
final class ListedClientsTest {
    @TempDir
    private Path folder;

    @Test
    void a_denied_client_is_told_why_and_may_only_quit() throws IOException {
        Path list = Files.writeString(folder.resolve("deny.txt"), "deny client 127.0.0.0/8 We know you\n");
        try (TestFront front = TestFront.mx(
                        config -> Change.admission(config, Admissions.lists(AdmissionConfig.defaults(), list)));
                Client client = Client.connect(front.address(0))) {
            assertThat(client.reply()).isEqualTo("554 5.7.1 We know you");
            assertThat(client.say("EHLO client.example")).startsWith("503 5.5.1 ");
            assertThat(client.say("MAIL FROM:<>")).startsWith("503 5.5.1 ");
            assertThat(client.say("quit")).startsWith("221 ");
            Admissions.assertClosed(client);
            assertThat(Admissions.barred(front, "denied-client")).isEqualTo(1);
        }
    }

    @Test
    void denied_senders_and_recipients_are_told_the_text_of_the_rule() throws IOException {
        Path list = Files.writeString(folder.resolve("deny.txt"), """
                deny sender .spam.example Go away
                deny recipient bob@here.example Bob has left
                """);
        try (TestFront front = Admissions.strict(config -> Admissions.lists(config, list));
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
    void replaced_lists_count_at_once_and_end_no_session() throws IOException {
        Path list = Files.writeString(folder.resolve("lists.txt"), """
                deny client 127.0.0.0/8 We know you
                deny sender spam.example Not from you
                deny recipient bob@here.example Bob has left
                """);
        try (TestFront front = Admissions.strict(UnaryOperator.identity());
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            assertThat(client.say("MAIL FROM:<x@spam.example>")).startsWith("250 ");
            assertThat(client.say("RCPT TO:<bob@here.example>")).startsWith("250 ");
            IntSupplier prepared = front.front.prepareLists(List.of(list));
            assertThat(client.say("RCPT TO:<bob@here.example>"))
                    .as("not used yet")
                    .startsWith("250 ");
            assertThat(prepared.getAsInt()).isEqualTo(3);
            assertThat(client.say("RCPT TO:<bob@here.example>")).isEqualTo("550 5.7.1 Bob has left");
            assertThat(client.say("DATA")).startsWith("354 ");
            client.sendRaw(Admissions.MESSAGE + ".\r\n");
            assertThat(client.reply()).as("begun before").startsWith("250 ");
            assertThat(client.say("MAIL FROM:<x@spam.example>")).isEqualTo("550 5.7.1 Not from you");
            try (Client next = Client.connect(front.address(0))) {
                assertThat(next.reply()).isEqualTo("554 5.7.1 We know you");
            }
            assertThat(client.say("NOOP")).startsWith("250 ");
        }
    }

    @Test
    void a_list_that_changes_counts_for_an_open_session_without_a_word() throws Exception {
        Path list = Files.writeString(folder.resolve("lists.txt"), "deny sender spam.example Not from you\n");
        try (TestFront front = TestFront.mx(
                        config -> Change.admission(config, Admissions.lists(AdmissionConfig.defaults(), list)));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            Path next = Files.writeString(folder.resolve("next.txt"), "deny sender junk.example Nor from you\n");
            Files.move(next, list, StandardCopyOption.ATOMIC_MOVE);
            while (!client.say("MAIL FROM:<x@junk.example>").equals("550 5.7.1 Nor from you")) {
                client.say("RSET");
                Thread.sleep(200);
            }
            assertThat(client.say("MAIL FROM:<x@spam.example>")).startsWith("250 ");
        }
    }

    @Test
    void an_allowed_client_is_spared_limits_and_greylisting_but_not_the_filters() throws IOException {
        Path list = Files.writeString(folder.resolve("allow.txt"), "allow client 127.0.0.1\n");
        AtomicBoolean judged = new AtomicBoolean();
        try (TestFront front = Admissions.strict(config ->
                greylisting(Admissions.rates(Admissions.lists(config, list), "connections", Rate.parse("1/1h"))))) {
            front.assessor = (mail, deadline) -> {
                judged.set(true);
                return scored(3);
            };
            Client.greeted(front.address(0)).close();
            try (Client client = Client.greeted(front.address(0))) {
                client.say("HELO client.example");
                assertThat(client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE))
                        .startsWith("250 ");
                assertThat(judged).isTrue();
                front.assessor = (mail, deadline) ->
                        new Assessment(List.of(), new TreeMap<>(Map.of()), 100, new Verdict.Reject("a virus"));
                assertThat(client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE))
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
        try (TestFront front = Admissions.strict(ListedClientsTest::greylisting);
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            front.assessor = (mail, deadline) -> scored(0);
            assertThat(client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE))
                    .startsWith("250 ");
            front.assessor = (mail, deadline) -> scored(3);
            assertThat(client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE))
                    .matches("451 4\\.7\\.1 Not known here yet, try again in 1[78]\\d seconds .*");
            assertThat(front.store.kept).hasSize(1);
            assertThat(front.decisions.getLast().detail()).isEqualTo("greylisted");
            assertThat(front.decisions.getLast().assessment()).isPresent();
            assertThat(Admissions.barred(front, "greylisted")).isEqualTo(1);
        }
    }
}
