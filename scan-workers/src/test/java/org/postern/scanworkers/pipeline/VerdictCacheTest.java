// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Extract;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Thresholds;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;

/// The cache, the joining of scans and the following up of extracts, through the pipeline.
@Timeout(60)
class VerdictCacheTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /// A filter whose answer depends on the content alone.
    private static final class ContentFilter implements Filter {
        final AtomicInteger calls = new AtomicInteger();
        volatile Optional<String> state = Optional.of("signatures 1");
        volatile FakeFilter.Behaviour behaviour = (mail, deadline) -> found();

        @Override
        public String name() {
            return "content";
        }

        @Override
        public Cost cost() {
            return Cost.BACKEND;
        }

        @Override
        public Optional<String> contentState() {
            return state;
        }

        @Override
        public boolean extracts() {
            return true;
        }

        @Override
        public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
            calls.incrementAndGet();
            return behaviour.scan(mail, deadline);
        }

        @Override
        public FilterStatus status(Deadline deadline) {
            return new FilterStatus(true, "fake");
        }

        @Override
        public void close() {}
    }

    private static FilterResult found() {
        return new FilterResult.Findings(List.of(new Finding("FAKE", 1, "seen")));
    }

    private final ContentFilter filter = new ContentFilter();

    private ScanPipeline pipeline(Filter... filters) {
        Map<String, FilterPolicy> uses = new java.util.HashMap<>();
        for (Filter each : filters) {
            uses.put(each.name(), new FilterPolicy(1, NoVerdictPolicy.TEMPFAIL));
        }
        FarmPolicy policy = new FarmPolicy(
                "mx", new Thresholds(OptionalDouble.of(5), OptionalDouble.of(8), OptionalDouble.of(12)), uses);
        return new ScanPipeline(policy, List.of(filters), meters);
    }

    private double counted(String result) {
        return meters.find("postern.verdict.cache").tag("result", result).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static Assessment assess(ScanPipeline pipeline) {
        return pipeline.assess(Mails.simple(), Deadline.in(LONG));
    }

    @Test
    void silenceAfterSomethingWasFound_isNeverKept_andItsFindingsCount() throws Exception {
        filter.behaviour = (mail, deadline) ->
                new FilterResult.NoVerdict(NoVerdictReason.TIMED_OUT, "half way", (FilterResult.Findings) found());
        try (ScanPipeline pipeline = pipeline(filter)) {
            Assessment first = assess(pipeline);
            assertThat(first.score()).isEqualTo(1);
            assertThat(first.silent()).containsOnlyKeys("content");
            assertThat(first.verdict()).isInstanceOf(Verdict.TempFail.class);

            filter.behaviour = (mail, deadline) -> found();
            assertThat(assess(pipeline).silent()).isEmpty();
            assertThat(filter.calls).hasValue(2);
        }
    }

    @Test
    void sameContent_again_isAnsweredFromTheCache() {
        try (ScanPipeline pipeline = pipeline(filter)) {
            Assessment first = assess(pipeline);
            Assessment second = assess(pipeline);
            assertThat(filter.calls).hasValue(1);
            assertThat(second.contributions()).isEqualTo(first.contributions());
            assertThat(counted("hit")).isEqualTo(1);
            assertThat(counted("miss")).isEqualTo(1);
        }
    }

    @Test
    void sameContent_withOneOctetMore_isScanned() {
        try (ScanPipeline pipeline = pipeline(filter)) {
            assess(pipeline);
            pipeline.assess(Mails.of("From: a@example.org", "", "Good evening."), Deadline.in(LONG));
            assertThat(filter.calls).hasValue(2);
        }
    }

    @Test
    void sameContent_whenTheSignaturesChanged_isScannedAgain() {
        try (ScanPipeline pipeline = pipeline(filter)) {
            assess(pipeline);
            filter.state = Optional.of("signatures 2");
            assess(pipeline);
            assertThat(filter.calls).hasValue(2);
        }
    }

    @Test
    void sameContent_whenTheStateIsNotKnown_isScannedEachTime() {
        filter.state = Optional.empty();
        try (ScanPipeline pipeline = pipeline(filter)) {
            assess(pipeline);
            assess(pipeline);
            assertThat(filter.calls).hasValue(2);
        }
    }

    @Test
    void silence_isNeverKept() {
        filter.behaviour = (mail, deadline) -> new FilterResult.NoVerdict(NoVerdictReason.BACKEND_ERROR, "nonsense");
        try (ScanPipeline pipeline = pipeline(filter)) {
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.TempFail.class);
            filter.behaviour = (mail, deadline) -> found();
            assertThat(assess(pipeline).verdict()).isInstanceOf(Verdict.Accept.class);
            assertThat(filter.calls).hasValue(2);
        }
    }

    @Test
    void secondDelivery_whileTheFirstIsScanned_joinsThatScan() throws Exception {
        Semaphore started = new Semaphore(0);
        CountDownLatch go = new CountDownLatch(1);
        filter.behaviour = (mail, deadline) -> {
            started.release();
            go.await();
            return found();
        };
        try (ScanPipeline pipeline = pipeline(filter);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Assessment>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(threads.submit(() -> assess(pipeline)));
            }
            started.acquire();
            while (counted("joined") < 19) {
                Thread.sleep(10);
            }
            go.countDown();
            for (Future<Assessment> each : all) {
                assertThat(each.get().contributions()).hasSize(1);
            }
            assertThat(filter.calls).hasValue(1);
        }
    }

    @Test
    void secondDelivery_whenTheFirstRunsOutOfTime_scansAnew() throws Exception {
        Semaphore started = new Semaphore(0);
        filter.behaviour = (mail, deadline) -> {
            if (started.availablePermits() == 0) {
                started.release();
                Thread.sleep(Duration.ofMinutes(10));
            }
            return found();
        };
        try (ScanPipeline pipeline = pipeline(filter);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Assessment> hurried =
                    threads.submit(() -> pipeline.assess(Mails.simple(), Deadline.in(Duration.ofSeconds(4))));
            while (started.availablePermits() == 0) {
                Thread.sleep(10);
            }
            Future<Assessment> patient = threads.submit(() -> assess(pipeline));
            assertThat(hurried.get().verdict()).isInstanceOf(Verdict.TempFail.class);
            assertThat(patient.get().verdict()).isInstanceOf(Verdict.Accept.class);
            assertThat(counted("joined")).isGreaterThanOrEqualTo(1);
            assertThat(filter.calls).hasValue(2);
        }
    }

    /// Says which hosts it was shown.
    private static final class Follower implements Filter {
        final AtomicInteger follows = new AtomicInteger();

        @Override
        public String name() {
            return "follower";
        }

        @Override
        public Cost cost() {
            return Cost.CHEAP;
        }

        @Override
        public FilterResult scan(MailTransaction mail, Deadline deadline) {
            return found();
        }

        @Override
        public boolean follows() {
            return true;
        }

        @Override
        public FilterResult follow(MailTransaction mail, FilterResult first, Set<Extract> extracts, Deadline deadline) {
            follows.incrementAndGet();
            return new FilterResult.Findings(List.of(new Finding("FOLLOWED", 2, extracts.toString())));
        }

        @Override
        public FilterStatus status(Deadline deadline) {
            return new FilterStatus(true, "fake");
        }

        @Override
        public void close() {}
    }

    @Test
    void follower_isShownWhatOthersTookOut_fromAScanAndFromTheCache() {
        Extract link = new Extract.Link("http://spam.example/x", "spam.example");
        filter.behaviour = (mail, deadline) ->
                new FilterResult.Findings(List.of(), org.postern.core.filter.Trace.NONE, Set.of(link));
        Follower follower = new Follower();
        try (ScanPipeline pipeline = pipeline(filter, follower)) {
            for (int i = 1; i <= 2; i++) {
                assertThat(assess(pipeline).contributions()).singleElement().satisfies(contribution -> {
                    assertThat(contribution.finding().symbol()).isEqualTo("FOLLOWED");
                    assertThat(contribution.finding().evidence()).contains("spam.example");
                });
                assertThat(follower.follows).hasValue(i);
            }
            assertThat(filter.calls).hasValue(1);
        }
    }

    @Test
    void follower_whenNothingWasTakenOut_keepsItsFirstAnswer() {
        Follower follower = new Follower();
        try (ScanPipeline pipeline = pipeline(filter, follower)) {
            assertThat(assess(pipeline).contributions())
                    .extracting(contribution -> contribution.finding().symbol())
                    .containsExactlyInAnyOrder("FAKE", "FAKE");
            assertThat(follower.follows).hasValue(0);
        }
    }
}
