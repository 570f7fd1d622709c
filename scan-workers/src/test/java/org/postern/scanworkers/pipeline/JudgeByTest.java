// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter.Cost;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Thresholds;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;

/// A policy that is replaced while mail comes in.
@Timeout(60)
class JudgeByTest {
    private static final FilterPolicy NEEDED = new FilterPolicy(1, NoVerdictPolicy.TEMPFAIL);
    private static final FilterResult DOWN = new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, "down");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeFilter nine = answering("nine", found(9));
    private final FakeFilter silent = answering("silent", DOWN);

    private static FilterResult found(double score) {
        return new FilterResult.Findings(List.of(new Finding("FAKE", score, "seen")));
    }

    private static FakeFilter answering(String name, FilterResult result) {
        return new FakeFilter(name, Cost.BACKEND, 0, (mail, deadline) -> result);
    }

    private static FarmPolicy policy(double reject, Map<String, FilterPolicy> filters) {
        return new FarmPolicy(
                "mx", new Thresholds(OptionalDouble.of(5), OptionalDouble.of(8), OptionalDouble.of(reject)), filters);
    }

    private static Assessment assess(ScanPipeline pipeline) {
        return pipeline.assess(Mails.simple(), Deadline.in(Duration.ofSeconds(30)));
    }

    @Test
    void otherThresholdsAndWeights_countFromTheNextMailOn() {
        try (ScanPipeline pipeline =
                new ScanPipeline(policy(12, Map.of("nine", NEEDED)), List.of(nine, silent), meters)) {
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.Quarantine.class);
            pipeline.judgeBy(policy(9, Map.of("nine", NEEDED)));
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.Reject.class);
            pipeline.judgeBy(policy(9, Map.of("nine", new FilterPolicy(0.1, NoVerdictPolicy.TEMPFAIL))));
            assertThat(assess(pipeline).verdict()).isEqualTo(new Verdict.Accept());
            assertThat(pipeline.policy().filters().get("nine"))
                    .isEqualTo(new FilterPolicy(0.1, NoVerdictPolicy.TEMPFAIL));
        }
    }

    @Test
    void anotherMeaningOfSilence_countsFromTheNextMailOn_andIsNeverClean() {
        try (ScanPipeline pipeline = new ScanPipeline(policy(12, Map.of("silent", NEEDED)), List.of(silent), meters)) {
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.TempFail.class);
            pipeline.judgeBy(policy(12, Map.of("silent", new FilterPolicy(1, NoVerdictPolicy.SKIP))));
            Assessment skipped = assess(pipeline);
            assertThat(skipped.verdict()).isEqualTo(new Verdict.Accept());
            assertThat(skipped.silent()).as("marked").containsKey("silent");
            pipeline.judgeBy(policy(12, Map.of("silent", new FilterPolicy(1, NoVerdictPolicy.REJECT))));
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.Reject.class);
            pipeline.judgeBy(policy(12, Map.of("silent", NEEDED)));
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.TempFail.class);
        }
    }

    @Test
    void waiting_thatWasNotThePolicyAtTheStart_asksAgain() {
        FakeFilter loading = new FakeFilter("loading", Cost.BACKEND, 0, (mail, deadline) -> DOWN);
        try (ScanPipeline pipeline =
                new ScanPipeline(policy(12, Map.of("loading", NEEDED)), List.of(loading), meters)) {
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(loading.calls).hasValue(1);
            pipeline.judgeBy(policy(12, Map.of("loading", new FilterPolicy(1, NoVerdictPolicy.WAIT))));
            Assessment waited = pipeline.assess(Mails.of("Subject: other", "", ""), Deadline.in(Duration.ofSeconds(3)));
            assertThat(waited.verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(loading.calls.get()).isGreaterThan(2);
        }
    }

    @Test
    void aFilterThatIsLeftOut_isAskedNoMore_andAgainWhenItIsBack() {
        FarmPolicy both = policy(12, Map.of("nine", NEEDED, "silent", NEEDED));
        try (ScanPipeline pipeline = new ScanPipeline(both, List.of(nine, silent), meters)) {
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.TempFail.class);
            pipeline.judgeBy(policy(12, Map.of("nine", NEEDED)));
            Assessment without = assess(pipeline);
            assertThat(without.verdict()).isInstanceOf(Verdict.Quarantine.class);
            assertThat(without.silent()).isEmpty();
            assertThat(silent.calls).hasValue(1);
            pipeline.judgeBy(both);
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(silent.calls).hasValue(2);
        }
    }

    @Test
    void aFilterThatDoesNotRun_isRefusedByName_andNothingChanges() {
        FarmPolicy started = policy(12, Map.of("nine", NEEDED));
        try (ScanPipeline pipeline = new ScanPipeline(started, List.of(nine, silent), meters)) {
            assertThatThrownBy(() -> pipeline.judgeBy(policy(9, Map.of("nine", NEEDED, "silent", NEEDED))))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("without the filters silent");
            assertThat(pipeline.policy()).isEqualTo(started);
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.Quarantine.class);
        }
    }

    @Test
    void aMailUnderWay_isJudgedToItsEndByThePolicyItCameUnder() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FakeFilter slow = new FakeFilter("slow", Cost.BACKEND, 0, (mail, deadline) -> {
            began.countDown();
            goOn.await();
            return found(9);
        });
        try (ScanPipeline pipeline = new ScanPipeline(policy(12, Map.of("slow", NEEDED)), List.of(slow), meters)) {
            FutureTask<Assessment> early = new FutureTask<>(() -> assess(pipeline));
            Thread.ofVirtual().start(early);
            assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
            pipeline.judgeBy(policy(9, Map.of("slow", NEEDED)));
            goOn.countDown();
            assertThat(early.get(30, TimeUnit.SECONDS).verdict()).isInstanceOf(Verdict.Quarantine.class);
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.Reject.class);
        }
    }

    @Test
    void placesThatAreTaken_stayTakenUnderAnotherPolicy() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FakeFilter slow = new FakeFilter("slow", Cost.BACKEND, 0, (mail, deadline) -> {
            began.countDown();
            goOn.await();
            return FilterResult.nothing();
        });
        PipelineConfig onePlace = new PipelineConfig(
                1,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                ByteSize.ofMiB(0),
                Duration.ofMinutes(10));
        FarmPolicy policy = policy(12, Map.of("slow", NEEDED));
        try (ScanPipeline pipeline = new ScanPipeline(policy, List.of(slow), onePlace, meters)) {
            FutureTask<Assessment> early = new FutureTask<>(() -> assess(pipeline));
            Thread.ofVirtual().start(early);
            assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
            pipeline.judgeBy(policy(9, Map.of("slow", NEEDED)));
            assertThat(pipeline.assess(Mails.simple(), Deadline.in(Duration.ofMillis(500)))
                            .verdict())
                    .isInstanceOf(Verdict.TempFail.class);
            assertThat(slow.calls).hasValue(1);
            goOn.countDown();
            assertThat(early.get(30, TimeUnit.SECONDS).verdict()).isEqualTo(new Verdict.Accept());
        }
    }
}
