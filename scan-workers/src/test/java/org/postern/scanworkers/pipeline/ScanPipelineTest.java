// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
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

@Timeout(60)
class ScanPipelineTest {
    /// Answers a second early, so that a busy machine does not spoil the tests.
    private static final PipelineConfig EARLY = new PipelineConfig(
            256,
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofSeconds(5),
            ByteSize.ofMiB(8),
            Duration.ofMinutes(10));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static FilterResult found(double score) {
        return new FilterResult.Findings(List.of(new Finding("FAKE", score, "seen")));
    }

    private static FakeFilter answering(String name, Cost cost, FilterResult result) {
        return new FakeFilter(name, cost, 0, (mail, deadline) -> result);
    }

    private static FakeFilter hanging(String name, Cost cost, double lowest) {
        return new FakeFilter(name, cost, lowest, (mail, deadline) -> {
            Thread.sleep(Duration.ofMinutes(10));
            return FilterResult.nothing();
        });
    }

    private static FarmPolicy policy(NoVerdictPolicy noVerdict, List<? extends Filter> filters) {
        Map<String, FilterPolicy> uses = new HashMap<>();
        filters.forEach(filter -> uses.put(filter.name(), new FilterPolicy(1, noVerdict)));
        return new FarmPolicy(
                "mx", new Thresholds(OptionalDouble.of(5), OptionalDouble.of(8), OptionalDouble.of(12)), uses);
    }

    private static NoVerdictReason reason(Assessment assessment, String filter) {
        return java.util.Objects.requireNonNull(assessment.silent().get(filter), filter)
                .reason();
    }

    private Assessment assess(NoVerdictPolicy noVerdict, Duration time, Filter... filters) {
        List<Filter> all = List.of(filters);
        try (ScanPipeline pipeline = new ScanPipeline(policy(noVerdict, all), all, meters)) {
            return pipeline.assess(Mails.simple(), Deadline.in(time));
        }
    }

    @Test
    void assess_whenEveryFilterFindsNothing_accepts() {
        Assessment assessment = assess(
                NoVerdictPolicy.TEMPFAIL,
                Duration.ofSeconds(30),
                answering("a", Cost.CHEAP, FilterResult.nothing()),
                answering("b", Cost.BACKEND, FilterResult.nothing()),
                answering("c", Cost.HEAVY, FilterResult.nothing()));
        assertThat(assessment.verdict()).isEqualTo(new Verdict.Accept());
        assertThat(assessment.silent()).isEmpty();
        assertThat(meters.get("postern.filter.scan")
                        .tags("filter", "b", "outcome", "nothing")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void assess_whenNoFilterIsConfigured_accepts() {
        assertThat(assess(NoVerdictPolicy.TEMPFAIL, Duration.ofSeconds(30)).verdict())
                .isEqualTo(new Verdict.Accept());
    }

    @Test
    void assess_whenACheapFilterSettlesTheVerdict_doesNotStartTheRest() {
        FakeFilter backend = hanging("backend", Cost.BACKEND, 0);
        Assessment assessment = assess(
                NoVerdictPolicy.TEMPFAIL, Duration.ofSeconds(30), answering("cheap", Cost.CHEAP, found(12)), backend);
        assertThat(assessment.verdict()).isInstanceOf(Verdict.Reject.class);
        assertThat(backend.calls).hasValue(0);
        assertThat(reason(assessment, "backend")).isEqualTo(NoVerdictReason.NOT_NEEDED);
    }

    @Test
    void assess_whenABackendSettlesTheVerdict_interruptsTheOthers() throws Exception {
        FakeFilter other = hanging("other", Cost.BACKEND, 0);
        Assessment assessment = assess(
                NoVerdictPolicy.TEMPFAIL,
                Duration.ofSeconds(30),
                new FakeFilter("sure", Cost.BACKEND, 0, (mail, deadline) -> {
                    while (other.calls.get() == 0) {
                        Thread.sleep(1);
                    }
                    return found(20);
                }),
                other);
        assertThat(assessment.verdict()).isInstanceOf(Verdict.Reject.class);
        assertThat(reason(assessment, "other")).isEqualTo(NoVerdictReason.NOT_NEEDED);
        while (other.interrupts.get() == 0) {
            Thread.sleep(5);
        }
    }

    @Test
    void assess_whenARunningFilterCouldStillBringTheScoreDown_waitsForIt() {
        Assessment assessment = assess(
                NoVerdictPolicy.TEMPFAIL,
                Duration.ofSeconds(30),
                answering("cheap", Cost.CHEAP, found(12)),
                new FakeFilter("friend", Cost.BACKEND, -10, (mail, deadline) -> found(-8)));
        assertThat(assessment.verdict()).isEqualTo(new Verdict.Accept());
    }

    @Test
    void assess_whenSilenceMeansRefusal_settlesAtOnce() {
        FilterResult silence = new FilterResult.NoVerdict(NoVerdictReason.TOO_LARGE, "big");
        Assessment assessment = assess(
                NoVerdictPolicy.REJECT,
                Duration.ofSeconds(30),
                answering("cheap", Cost.CHEAP, silence),
                hanging("backend", Cost.BACKEND, 0));
        assertThat(assessment.verdict()).isInstanceOf(Verdict.Reject.class);
    }

    @Test
    void assess_whenAFilterHangs_answersBeforeTheDeadline() {
        Deadline deadline = Deadline.in(Duration.ofSeconds(3));
        List<Filter> all = List.of(hanging("slow", Cost.BACKEND, 0));
        try (ScanPipeline pipeline = new ScanPipeline(policy(NoVerdictPolicy.TEMPFAIL, all), all, EARLY, meters)) {
            Assessment assessment = pipeline.assess(Mails.simple(), deadline);
            assertThat(deadline.expired()).isFalse();
            assertThat(assessment.verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(reason(assessment, "slow")).isEqualTo(NoVerdictReason.TIMED_OUT);
        }
    }

    @Test
    void assess_whenAFilterIgnoresInterrupts_answersAndCountsTheStragglerUntilItEnds() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        FakeFilter stubborn = new FakeFilter("stubborn", Cost.BACKEND, 0, (mail, deadline) -> {
            boolean done = false;
            while (!done) {
                try {
                    release.await();
                    done = true;
                } catch (InterruptedException e) {
                    // ignored, as a bad filter would
                }
            }
            return FilterResult.nothing();
        });
        PipelineConfig config = new PipelineConfig(
                1,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                ByteSize.ofMiB(8),
                Duration.ofMinutes(10));
        List<Filter> all = List.of(stubborn);
        try (ScanPipeline pipeline = new ScanPipeline(policy(NoVerdictPolicy.TEMPFAIL, all), all, config, meters)) {
            Assessment first = pipeline.assess(Mails.simple(), Deadline.in(Duration.ofSeconds(2)));
            assertThat(reason(first, "stubborn")).isEqualTo(NoVerdictReason.TIMED_OUT);
            assertThat(pipeline.stragglers()).containsEntry("stubborn", 1);

            Assessment second = pipeline.assess(Mails.simple(), Deadline.in(Duration.ofMillis(500)));
            assertThat(second.verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(stubborn.calls).as("its only place is still taken").hasValue(1);

            release.countDown();
            while (pipeline.stragglers().getOrDefault("stubborn", 0) > 0) {
                Thread.sleep(20);
            }
            assertThat(pipeline.assess(Mails.simple(), Deadline.in(Duration.ofSeconds(30)))
                            .verdict())
                    .isEqualTo(new Verdict.Accept());
        }
    }

    @Test
    void assess_whenAFilterThrows_takesItForNoVerdict() {
        Assessment assessment = assess(
                NoVerdictPolicy.TEMPFAIL,
                Duration.ofSeconds(30),
                new FakeFilter("broken", Cost.CHEAP, 0, (mail, deadline) -> {
                    throw new IllegalStateException("a defect");
                }),
                new FakeFilter("deep", Cost.CHEAP, 0, (mail, deadline) -> {
                    throw new StackOverflowError();
                }));
        assertThat(assessment.verdict()).isInstanceOf(Verdict.TempFail.class);
        assertThat(reason(assessment, "broken")).isEqualTo(NoVerdictReason.INTERNAL_ERROR);
        assertThat(reason(assessment, "deep")).isEqualTo(NoVerdictReason.INTERNAL_ERROR);
    }

    @Test
    void assess_whenThePolicyIsWait_asksAgainUntilThereIsAnAnswer() {
        FilterResult loading = new FilterResult.NoVerdict(NoVerdictReason.LOADING, "loading");
        AtomicReference<FakeFilter> self = new AtomicReference<>();
        FakeFilter slowStart = new FakeFilter(
                "scanner",
                Cost.BACKEND,
                0,
                (mail, deadline) -> self.get().calls.get() < 3 ? loading : FilterResult.nothing());
        self.set(slowStart);
        Assessment assessment = assess(NoVerdictPolicy.WAIT, Duration.ofSeconds(50), slowStart);
        assertThat(assessment.verdict()).isEqualTo(new Verdict.Accept());
        assertThat(slowStart.calls).hasValue(3);
    }

    @Test
    void assess_whenThePolicyIsWaitAndNothingComes_tempfailsBeforeTheDeadline() {
        FilterResult down = new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, "down");
        Deadline deadline = Deadline.in(Duration.ofSeconds(3));
        List<Filter> all = List.of(answering("scanner", Cost.BACKEND, down));
        try (ScanPipeline pipeline = new ScanPipeline(policy(NoVerdictPolicy.WAIT, all), all, EARLY, meters)) {
            assertThat(pipeline.assess(Mails.simple(), deadline).verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(deadline.expired()).isFalse();
        }
    }

    @Test
    void assess_whenInterrupted_answersAndKeepsTheInterrupt() throws Exception {
        FakeFilter slow = hanging("slow", Cost.BACKEND, 0);
        List<Filter> all = List.of(slow);
        AtomicReference<Verdict> verdict = new AtomicReference<>();
        CountDownLatch kept = new CountDownLatch(1);
        try (ScanPipeline pipeline = new ScanPipeline(policy(NoVerdictPolicy.TEMPFAIL, all), all, meters)) {
            Thread session = Thread.ofVirtual().start(() -> {
                verdict.set(pipeline.assess(Mails.simple(), Deadline.in(Duration.ofMinutes(5)))
                        .verdict());
                if (Thread.currentThread().isInterrupted()) {
                    kept.countDown();
                }
            });
            while (slow.calls.get() == 0) {
                Thread.sleep(5);
            }
            session.interrupt();
            assertThat(kept.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(verdict.get()).isInstanceOf(Verdict.TempFail.class);
        }
    }

    @Test
    void constructor_whenThePolicyNamesAFilterThatIsNotThere_saysWhichAndWhatToDo() {
        FarmPolicy policy = policy(NoVerdictPolicy.SKIP, List.of(hanging("rspamd", Cost.BACKEND, 0)));
        assertThatThrownBy(() -> new ScanPipeline(policy, List.of(), meters))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("mx")
                .hasMessageContaining("rspamd");
    }

    /// Whatever filters do, there is an answer in time, and silence of a needed filter never reads as acceptance.
    @Test
    void assess_withRandomBehaviour_neverAcceptsWhatANeededFilterDidNotJudge() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            List<Filter> filters = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                filters.add(randomFilter("f" + i, random));
            }
            Deadline deadline = Deadline.in(Duration.ofSeconds(1));
            try (ScanPipeline pipeline = new ScanPipeline(policy(NoVerdictPolicy.TEMPFAIL, filters), filters, meters)) {
                Assessment assessment = pipeline.assess(Mails.simple(), deadline);
                boolean allAnswered = assessment.silent().isEmpty();
                boolean kept = !(assessment.verdict() instanceof Verdict.TempFail
                        || assessment.verdict() instanceof Verdict.Reject);
                assertThat(!kept || allAnswered).as("seed %d", seed).isTrue();
            }
        }
    }

    private static Filter randomFilter(String name, Random random) {
        Cost cost = List.of(Cost.CHEAP, Cost.BACKEND, Cost.HEAVY).get(random.nextInt(3));
        int kind = random.nextInt(12);
        int pause = random.nextInt(4);
        double score = random.nextInt(16) - 2;
        return new FakeFilter(name, cost, -2, (mail, deadline) -> {
            Thread.sleep(pause);
            if (kind == 0) {
                throw new IllegalArgumentException("random");
            } else if (kind == 1) {
                return new FilterResult.NoVerdict(NoVerdictReason.BACKEND_ERROR, "random");
            }
            return kind < 6 ? FilterResult.nothing() : found(score);
        });
    }
}
