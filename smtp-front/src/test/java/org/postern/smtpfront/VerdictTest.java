// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Trace;
import org.postern.core.filter.Verdict;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.HeaderField;
import org.postern.core.telemetry.DecisionRecord;

/// What the client is told for each verdict and each answer of the store, and what is written down.
final class VerdictTest {
    private static final String MESSAGE = "Subject: x\r\n\r\ntext\r\n";

    private static Assessment judged(Verdict verdict) {
        return new Assessment(
                List.of(new Assessment.Contribution("rules", new Finding("WORDS", 2.5, "viagra"), 2, 5)),
                new TreeMap<>(Map.of("clamav", new NoVerdict(NoVerdictReason.UNAVAILABLE, "refused"))),
                5,
                verdict);
    }

    /// The reply to one mail, and what became of it.
    private record Told(String reply, List<FakeStore.Kept> kept, DecisionRecord decision, int asked) {}

    private static Told mail(Verdict verdict, BiFunction<Handoff, Deadline, HandoffResult> store) throws IOException {
        return mail(verdict, store, Duration.ofMinutes(1));
    }

    private static Told mail(Verdict verdict, BiFunction<Handoff, Deadline, HandoffResult> store, Duration most)
            throws IOException {
        try (TestFront front = TestFront.mx(config -> Change.deadline(config, most, Duration.ofMillis(500)));
                Client client = Client.greeted(front.address(0))) {
            front.assessor = (mail, deadline) -> judged(verdict);
            front.store.answer = store;
            client.say("EHLO client.example");
            String reply = client.mail("from@there.example", "alice@here.example", MESSAGE);
            // The record is written before the reply is sent.
            return new Told(reply, front.store.kept, front.decisions.getFirst(), front.store.asked.size());
        }
    }

    private static Told mail(Verdict verdict) throws IOException {
        return mail(verdict, (handoff, deadline) -> new HandoffResult.Accepted("s1", false));
    }

    @Test
    void filters_are_told_of_a_client_before_it_says_anything() throws Exception {
        try (TestFront front = TestFront.mx();
                Client _ = Client.greeted(front.address(0))) {
            assertThat(front.connected).singleElement().satisfies(client -> {
                assertThat(client.address().isLoopbackAddress()).isTrue();
                assertThat(client.helo()).isEmpty();
            });
        }
    }

    @Test
    void a_tagged_mail_is_delivered_with_a_flag_on_top() throws IOException {
        Told told = mail(new Verdict.Tag("score"));
        assertThat(told.reply()).startsWith("250 2.0.0 ");
        assertThat(told.kept().getFirst().text())
                .startsWith(
                        "X-Postern-Result: tag score=5.0 id=" + told.decision().id())
                .contains(" silent=clamav:UNAVAILABLE", " rules/WORDS=5.0\r\n", "X-Spam-Flag: YES\r\nReceived: ");
        assertThat(told.kept().getFirst().handoff().disposition()).isEqualTo(Disposition.DELIVER);
        assertThat(told.decision().assessment().orElseThrow().score()).isEqualTo(5);
    }

    @Test
    void a_filter_that_wants_fields_on_top_and_forged_ones_out_gets_both() throws IOException {
        try (TestFront front = TestFront.mx(config -> config);
                Client client = Client.greeted(front.address(0))) {
            front.assessor = (mail, deadline) -> new Assessment(
                    List.of(),
                    new TreeMap<>(),
                    0,
                    new Verdict.Accept(),
                    new Trace(List.of(new HeaderField("Authentication-Results", " here.example; none")), Set.of(1)));
            client.say("EHLO client.example");
            String message =
                    "Subject: x\r\nAuthentication-Results: here.example;\r\n dkim=pass\r\nTo: y\r\n\r\ntext\r\n";
            assertThat(client.mail("from@there.example", "alice@here.example", message))
                    .startsWith("250 ");
            assertThat(front.store.kept.getFirst().text())
                    .contains("\r\nAuthentication-Results: here.example; none\r\nSubject: x\r\nTo: y\r\n\r\ntext\r\n")
                    .doesNotContain("dkim=pass");
        }
    }

    @Test
    void a_quarantined_mail_is_kept_apart_and_the_client_told_250() throws IOException {
        Told told = mail(new Verdict.Quarantine("score"));
        assertThat(told.reply()).startsWith("250 2.0.0 ");
        assertThat(told.kept().getFirst().handoff().disposition()).isEqualTo(Disposition.QUARANTINE);
    }

    @Test
    void a_rejected_mail_is_refused_with_its_id_and_without_a_reason() throws IOException {
        Told told = mail(new Verdict.Reject("score 5 reaches reject"));
        assertThat(told.reply())
                .isEqualTo("550 5.7.1 Message refused by local policy ("
                        + told.decision().id() + ")");
        assertThat(told.kept()).isEmpty();
        assertThat(told.decision().detail()).isEqualTo("score 5 reaches reject");
        assertThat(told.decision().storeId()).isEmpty();
    }

    @Test
    void an_undecided_mail_is_deferred() throws IOException {
        Told told = mail(new Verdict.TempFail("no verdict from clamav"));
        assertThat(told.reply()).startsWith("451 4.7.1 ");
        assertThat(told.kept()).isEmpty();
    }

    @Test
    void a_store_that_refuses_for_good_makes_554_and_for_now_451() throws IOException {
        Told forGood = mail(new Verdict.Accept(), (handoff, deadline) -> new HandoffResult.Refused(true, "D"));
        assertThat(forGood.reply()).startsWith("554 5.3.0 ");
        Told forNow = mail(new Verdict.Accept(), (handoff, deadline) -> new HandoffResult.Refused(false, "disk full"));
        assertThat(forNow.reply()).startsWith("451 4.3.0 ").doesNotContain("disk");
        assertThat(forNow.decision().detail()).contains("disk full");
    }

    @Test
    void an_undecided_handoff_is_repeated_under_the_same_id_until_it_is_decided() throws IOException {
        int[] calls = {0};
        Told told = mail(new Verdict.Accept(), (handoff, deadline) -> {
            calls[0]++;
            return calls[0] < 3 ? new HandoffResult.Indeterminate("lost") : new HandoffResult.Accepted("s1", true);
        });
        assertThat(told.reply()).startsWith("250 2.0.0 ");
        assertThat(told.asked()).isEqualTo(3);
        assertThat(told.decision().detail()).isEqualTo("the store had it already");
    }

    @Test
    void a_handoff_that_stays_undecided_makes_451_before_the_deadline() throws IOException {
        Told told = mail(
                new Verdict.Accept(),
                (handoff, deadline) -> new HandoffResult.Indeterminate("lost"),
                Duration.ofSeconds(2));
        assertThat(told.reply()).startsWith("451 4.3.0 ");
        assertThat(told.asked()).isGreaterThan(1);
        assertThat(told.decision().took()).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_collaborator_that_fails_makes_451_and_never_5yz() throws IOException {
        Told told = mail(new Verdict.Accept(), (handoff, deadline) -> {
            throw new IllegalStateException("a defect");
        });
        assertThat(told.reply()).startsWith("451 4.3.0 ").doesNotContain("defect");
        assertThat(told.decision().detail()).contains("a defect");
    }

    @Test
    void an_unavailable_store_is_told_at_mail_before_data_is_taken() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = Client.greeted(front.address(0))) {
            front.store.availability = new MailStore.Availability(false, "store-a: down");
            client.say("EHLO client.example");
            assertThat(client.say("MAIL FROM:<from@there.example>"))
                    .startsWith("451 4.3.2 ")
                    .doesNotContain("store-a");
            assertThat(front.decisions.getFirst().detail()).contains("store-a: down");
            front.store.availability = new MailStore.Availability(true, "");
            assertThat(client.mail("from@there.example", "alice@here.example", MESSAGE))
                    .startsWith("250 ");
        }
    }
}
