// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.filter.ClassedAssessor;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Thresholds;
import org.postern.core.filter.Trace;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;

class SendingHabitsTest {
    private static final String ALICE = "alice@example.org";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(100).toNanos());
    private SendingHabits habits = habits(Duration.ZERO);

    private SendingHabits habits(Duration learnFor) {
        return new SendingHabits(
                new HabitConfig(true, 50, 5, Duration.ofDays(7), learnFor, Duration.ofHours(4), 100),
                meters,
                nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /// So many mails of one recipient; whether any was held.
    private boolean held(int mails) {
        boolean held = false;
        for (int i = 0; i < mails; i++) {
            held |= habits.sent(ALICE, 1).isPresent();
        }
        return held;
    }

    @Test
    void account_thatNobodyKnows_maySendUpToTheFloor() {
        assertThat(held(50)).isFalse();
        assertThat(held(1)).isTrue();
    }

    @Test
    void account_thatAlwaysSendsMuch_maySendMuch_andAJumpFromThereIsHeld() {
        habits = habits(Duration.ofDays(2));
        for (int hour = 0; hour < 48; hour++) {
            assertThat(held(hour % 24 < 12 ? 100 : 0)).isFalse();
            pass(Duration.ofHours(1));
        }
        assertThat(held(500)).isFalse();
        assertThat(held(1)).isTrue();
    }

    @Test
    void account_thatJumps_isHeldForItsTime_reportedOnce_andDoesNotLearnFromIt() {
        for (int hour = 0; hour < 24; hour++) {
            held(10);
            pass(Duration.ofHours(1));
        }
        assertThat(held(300)).isTrue();
        assertThat(habits.held()).containsExactly(ALICE);
        assertThat(habits.sent(ALICE, 1))
                .hasValueSatisfying(
                        why -> assertThat(why).contains(ALICE).contains("301").contains("usual are 10"));
        assertThat(meters.counter("postern.sending.jumps").count()).isEqualTo(1);
        assertThat(meters.counter("postern.sending.held").count()).isGreaterThan(200);
        pass(Duration.ofHours(3));
        assertThat(held(1)).as("still in the time it is held").isTrue();
        pass(Duration.ofHours(2));
        assertThat(habits.held()).isEmpty();
        assertThat(held(50)).isFalse();
        assertThat(held(100)).as("three times what is usual now").isTrue();
    }

    @Test
    void account_thatIsReleased_maySendWhatItSentSoFar() {
        assertThat(held(300)).isTrue();
        assertThat(habits.release(ALICE)).isTrue();
        assertThat(habits.release("bob@example.org")).isFalse();
        assertThat(held(300)).isFalse();
        pass(Duration.ofHours(1));
        assertThat(held(1500)).isFalse();
    }

    @Test
    void whileLearning_nothingIsHeld() {
        habits = habits(Duration.ofDays(1));
        assertThat(held(10_000)).isFalse();
        pass(Duration.ofDays(2));
        assertThat(held(10_000)).isFalse();
        pass(Duration.ofDays(1));
        assertThat(held(100_000)).isTrue();
    }

    @Test
    void mail_ofAJump_goesToTheQuarantineWithAFinding_unlessItIsRefusedAnyway() throws Exception {
        held(51);
        for (Verdict verdict : List.of(new Verdict.Accept(), new Verdict.Tag("spam"), new Verdict.Quarantine("spam"))) {
            Assessment assessment = assess(verdict, Optional.of(ALICE));
            assertThat(assessment.verdict()).isInstanceOf(Verdict.Quarantine.class);
            assertThat(assessment.contributions())
                    .singleElement()
                    .satisfies(each -> assertThat(each.finding().symbol()).isEqualTo("SENDING_HABIT"));
        }
        for (Verdict verdict : List.of(new Verdict.Reject("virus"), new Verdict.TempFail("silent"))) {
            assertThat(assess(verdict, Optional.of(ALICE)).verdict()).isEqualTo(verdict);
        }
        assertThat(assess(new Verdict.Accept(), Optional.empty()).verdict()).isEqualTo(new Verdict.Accept());
        assertThat(assess(new Verdict.Accept(), Optional.of("bob@example.org")).verdict())
                .isEqualTo(new Verdict.Accept());
    }

    private Assessment assess(Verdict verdict, Optional<String> account) throws Exception {
        Assessment judged = new Assessment(List.of(), new TreeMap<>(), 0, verdict, Trace.NONE);
        MessageContent content =
                MessageContent.of("Subject: x\r\n\r\nx\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        MailTransaction mail = new MailTransaction(
                TransactionId.create(1),
                "submission",
                new ClientInfo(InetAddress.getLoopbackAddress(), "client", true, Optional.empty(), account),
                new Envelope(
                        ReversePath.parse(ALICE),
                        List.of(Recipient.of(ForwardPath.parse("x@elsewhere.example"))),
                        MailParameters.NONE),
                content,
                MessageHeader.read(content, ByteSize.ofKiB(64)),
                Instant.EPOCH);
        return new HabitAssessor((_, _) -> judged, habits).assess(mail, Deadline.in(Duration.ofSeconds(5)));
    }

    /// Whoever judges behind all wrappers hears of clients early.
    @Test
    void connected_passesEveryWrapper() throws Exception {
        java.util.List<ClientInfo> told = new java.util.ArrayList<>();
        Assessor scan = new Assessor() {
            @Override
            public Assessment assess(MailTransaction mail, Deadline deadline) {
                return Assessment.accepted();
            }

            @Override
            public void connected(ClientInfo client) {
                told.add(client);
            }
        };
        FarmPolicy policy = new FarmPolicy(
                "mx",
                new Thresholds(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty()),
                java.util.Map.of());
        ClientInfo client =
                new ClientInfo(InetAddress.getLoopbackAddress(), "", false, Optional.empty(), Optional.empty());
        new HabitAssessor(new ClassedAssessor(policy, List.of(), scan), habits(Duration.ZERO)).connected(client);
        assertThat(told).containsExactly(client);
    }
}
