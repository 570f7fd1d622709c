// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.RecipientPolicy;
import org.postern.core.filter.Thresholds;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.core.sending.HabitAssessor;
import org.postern.core.sending.HabitConfig;
import org.postern.core.sending.SendingHabits;
import org.postern.scanworkers.pipeline.ScanPipeline;

/// Which policy judges a mail, before and after it was replaced.
@Timeout(60)
class JudgeTest {
    private static final FilterResult NINE = new FilterResult.Findings(List.of(new Finding("NINE", 9, "nine points")));
    private static final FilterResult DOWN = new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, "down");
    private static final List<RecipientPolicy> CLASSES =
            List.of(new RecipientPolicy("strict", Set.of("boss@here.example"), thresholds(1, 2, 3)));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<ScanPipeline> pipelines = new ArrayList<>();

    @AfterEach
    void close() {
        pipelines.forEach(ScanPipeline::close);
    }

    /// Says the same of every mail.
    private record Says(String name, FilterResult result) implements Filter {
        @Override
        public Cost cost() {
            return name.startsWith("late") ? Cost.BACKEND : Cost.CHEAP;
        }

        @Override
        public FilterResult scan(MailTransaction mail, Deadline deadline) {
            return result;
        }

        @Override
        public double lowestScore() {
            return 0;
        }

        @Override
        public FilterStatus status(Deadline deadline) {
            return new FilterStatus(true, "");
        }

        @Override
        public void close() {}
    }

    private static Thresholds thresholds(double tag, double quarantine, double reject) {
        return new Thresholds(OptionalDouble.of(tag), OptionalDouble.of(quarantine), OptionalDouble.of(reject));
    }

    private static FarmPolicy policy(String farm, double reject, Map<String, FilterPolicy> filters) {
        return new FarmPolicy(farm, thresholds(Math.min(5, reject), Math.min(8, reject), reject), filters);
    }

    private static Map<String, FilterPolicy> all(NoVerdictPolicy silence, String... filters) {
        Map<String, FilterPolicy> uses = new java.util.HashMap<>();
        for (String filter : filters) {
            uses.put(filter, new FilterPolicy(1, silence));
        }
        return uses;
    }

    private Judge judge(FarmPolicy policy, List<RecipientPolicy> classes, Filter... filters) {
        ScanPipeline pipeline = new ScanPipeline(policy.lenient(classes), List.of(filters), meters);
        pipelines.add(pipeline);
        return new Judge(pipeline, policy, classes);
    }

    private static MailTransaction mail(Optional<String> account) {
        try {
            MessageContent content = MessageContent.of("Subject: x\r\n\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
            return new MailTransaction(
                    TransactionId.create(0),
                    "mx",
                    new ClientInfo(InetAddress.getLoopbackAddress(), "client.example", true, Optional.empty(), account),
                    Envelope.of(ReversePath.parse("a@there.example"), List.of(ForwardPath.parse("bob@here.example"))),
                    content,
                    MessageHeader.read(content, ByteSize.ofKiB(64)),
                    Instant.EPOCH);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Assessment found(Assessor judge) {
        return judge.assess(mail(Optional.empty()), Deadline.in(Duration.ofSeconds(30)));
    }

    private static Verdict verdict(Assessor judge) {
        return judge.judge("", found(judge)).verdict();
    }

    @Test
    void twoFarmsWithTheSameFilters_judgeEachByItsOwnPolicy_alsoAfterOneIsReplaced() {
        Filter nine = new Says("nine", NINE);
        Judge mx = judge(policy("mx", 9, all(NoVerdictPolicy.TEMPFAIL, "nine")), List.of(), nine);
        Judge submission = judge(
                policy("submission", 30, Map.of("nine", new FilterPolicy(0.3, NoVerdictPolicy.TEMPFAIL))),
                List.of(),
                nine);
        assertThat(verdict(mx)).isInstanceOf(Verdict.Reject.class);
        assertThat(verdict(submission)).isEqualTo(new Verdict.Accept());
        submission.judgeBy(policy("submission", 30, all(NoVerdictPolicy.TEMPFAIL, "nine")), List.of());
        assertThat(verdict(submission)).isInstanceOf(Verdict.Quarantine.class);
        assertThat(verdict(mx)).isInstanceOf(Verdict.Reject.class);
    }

    @ParameterizedTest
    @CsvSource({"TEMPFAIL, TempFail", "WAIT, TempFail", "SKIP, Quarantine", "REJECT, Reject"})
    void silence_meansWhatTheFilterOfTheFarmIsWrittenWith(NoVerdictPolicy silence, String verdict) {
        Map<String, FilterPolicy> filters = all(NoVerdictPolicy.REJECT, "nine");
        filters.put("late-down", new FilterPolicy(1, silence));
        Judge judge = judge(
                policy("mx", 12, all(NoVerdictPolicy.SKIP, "nine", "late-down")),
                List.of(),
                new Says("nine", NINE),
                new Says("late-down", DOWN));
        judge.judgeBy(policy("mx", 12, filters), List.of());
        Assessment found = judge.assess(mail(Optional.empty()), Deadline.in(Duration.ofSeconds(2)));
        Assessment judged = judge.judge("", found);
        assertThat(judged.verdict().getClass().getSimpleName()).isEqualTo(verdict);
        assertThat(judged.silent()).as("the mail is marked").containsKey("late-down");
    }

    @Test
    void aMailThatWasScannedToItsEnd_isJudgedByThePolicyThatCountsThen() {
        Judge judge = judge(policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "nine")), List.of(), new Says("nine", NINE));
        Assessment found = found(judge);
        judge.judgeBy(policy("mx", 9, all(NoVerdictPolicy.TEMPFAIL, "nine")), List.of());
        assertThat(judge.judge("", found).verdict()).isInstanceOf(Verdict.Reject.class);
    }

    @Test
    void aRefusalThatEndedTheScanEarly_staysOneUnderAMilderPolicy() {
        Judge judge = judge(
                policy("mx", 9, all(NoVerdictPolicy.TEMPFAIL, "nine", "late")),
                List.of(),
                new Says("nine", NINE),
                new Says("late", NINE));
        Assessment found = found(judge);
        assertThat(found.silent().values())
                .extracting(FilterResult.NoVerdict::reason)
                .containsExactly(NoVerdictReason.NOT_NEEDED);
        judge.judgeBy(policy("mx", 100, all(NoVerdictPolicy.TEMPFAIL, "nine", "late")), List.of());
        assertThat(judge.judge("", found).verdict())
                .as("nobody looked with the rest")
                .isInstanceOf(Verdict.Reject.class);
        assertThat(verdict(judge)).as("the next mail").isInstanceOf(Verdict.Quarantine.class);
    }

    @Test
    void silenceOfANeededFilter_staysUnknownForEveryClass() {
        Judge judge = judge(policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "down")), CLASSES, new Says("down", DOWN));
        Assessment found = found(judge);
        assertThat(judge.judge("", found).verdict()).isInstanceOf(Verdict.TempFail.class);
        assertThat(judge.judge("strict", found).verdict()).isInstanceOf(Verdict.TempFail.class);
    }

    @Test
    void classes_areReplacedWithThePolicy_andTheScanGoesOnForTheMostPatient() {
        Judge judge = judge(
                policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "nine", "late")),
                List.of(),
                new Says("nine", NINE),
                new Says("late", FilterResult.nothing()));
        ForwardPath boss = ForwardPath.parse("boss@here.example");
        assertThat(judge.policyClass(boss)).isEmpty();
        judge.judgeBy(policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "nine", "late")), CLASSES);
        assertThat(judge.policyClass(boss)).isEqualTo("strict");
        Assessment found = found(judge);
        assertThat(found.silent()).as("all were asked").isEmpty();
        assertThat(judge.judge("strict", found).verdict()).isInstanceOf(Verdict.Reject.class);
        assertThat(judge.judge("", found).verdict()).isInstanceOf(Verdict.Quarantine.class);
        judge.judgeBy(policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "nine", "late")), List.of());
        assertThat(judge.judge("strict", found).verdict())
                .as("a class that is no more has the farm's thresholds")
                .isInstanceOf(Verdict.Quarantine.class);
    }

    @Test
    void aFilterThatDoesNotRun_isNamed_andThePolicyStays() {
        Judge judge = judge(policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "nine")), List.of(), new Says("nine", NINE));
        FarmPolicy wrong = policy("mx", 1, all(NoVerdictPolicy.TEMPFAIL, "nine", "clamav"));
        assertThatThrownBy(() -> judge.check(wrong))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("clamav");
        assertThat(verdict(judge)).isInstanceOf(Verdict.Quarantine.class);
    }

    @Test
    void aPolicyThatTakesTheVirusScannerAway_isRefusedInWordsForPeople() {
        Judge judge =
                judge(policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "clamav")), List.of(), new Says("clamav", NINE));
        FarmPolicy without = policy("mx", 12, Map.of(NoVirusScanner.NAME, NoVirusScanner.POLICY));
        assertThatThrownBy(() -> judge.check(without))
                .isInstanceOf(ConfigException.class)
                .hasMessage("farm \"mx\" runs with a virus scanner, and is left without one: restart it if that is"
                        + " meant, or keep clamav among its filters");
    }

    @Test
    void whatIsHeld_goesToTheQuarantineForEveryClassThatWouldGetIt() {
        Judge judge = judge(
                policy("mx", 12, all(NoVerdictPolicy.TEMPFAIL, "none")),
                CLASSES,
                new Says("none", FilterResult.nothing()));
        SendingHabits habits = new SendingHabits(
                new HabitConfig(true, 1, 2, Duration.ofDays(7), Duration.ZERO, Duration.ofHours(4), 100), meters);
        Assessor holding = new HabitAssessor(judge, habits);
        MailTransaction mail = mail(Optional.of("alice@here.example"));
        Deadline deadline = Deadline.in(Duration.ofSeconds(30));
        Assessment first = holding.assess(mail, deadline);
        assertThat(holding.judge("strict", first).verdict()).isEqualTo(new Verdict.Accept());
        Assessment second = holding.assess(mail, deadline);
        assertThat(holding.judge("", second).verdict()).isInstanceOf(Verdict.Quarantine.class);
        assertThat(holding.judge("strict", second).verdict()).isInstanceOf(Verdict.Quarantine.class);
        assertThat(holding.judge("", holding.assess(mail(Optional.empty()), deadline))
                        .verdict())
                .as("of somebody without a login")
                .isEqualTo(new Verdict.Accept());
    }
}
