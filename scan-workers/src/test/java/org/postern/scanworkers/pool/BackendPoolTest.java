// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.Silences.assertSilent;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;

@Timeout(60)
class BackendPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final class FakeBackend implements Backend {
        private final String name;
        volatile BackendState state = BackendState.UP;
        volatile boolean settled = true;
        final AtomicInteger asked = new AtomicInteger();
        final CountDownLatch mayProbe = new CountDownLatch(1);

        FakeBackend(String name, boolean probeAtOnce) {
            this.name = name;
            if (probeAtOnce) {
                mayProbe.countDown();
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean settled() {
            return settled;
        }

        @Override
        public Probe probe(boolean seenUp, Deadline deadline) throws InterruptedException {
            mayProbe.await();
            settled = true;
            return new Probe(state, "fake");
        }
    }

    private static BackendPool<FakeBackend> pool(int connections, FakeBackend... backends) {
        PoolConfig config =
                new PoolConfig(connections, 2, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1));
        return new BackendPool<>("fake", List.of(backends), config, new SimpleMeterRegistry());
    }

    private static FilterResult ask(BackendPool<FakeBackend> pool, Exchange<FakeBackend> exchange)
            throws InterruptedException {
        return pool.ask(new Object(), backend -> true, exchange, PATIENCE, Deadline.in(PATIENCE));
    }

    private static Exchange<FakeBackend> answering() {
        return (backend, lease, deadline) -> {
            backend.asked.incrementAndGet();
            return FilterResult.nothing();
        };
    }

    @Test
    void ask_beforeTheFirstProbe_waitsForIt() throws Exception {
        FakeBackend backend = new FakeBackend("a", false);
        try (BackendPool<FakeBackend> pool = pool(2, backend)) {
            Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(200);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                backend.mayProbe.countDown();
            });
            assertThat(ask(pool, answering())).isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void ask_whenABackendHasNotProvenItself_doesNotUseIt() throws Exception {
        FakeBackend good = new FakeBackend("good", true);
        FakeBackend loading = new FakeBackend("loading", true);
        loading.state = BackendState.LOADING;
        try (BackendPool<FakeBackend> pool = pool(2, good, loading)) {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(pool, answering())).isEqualTo(FilterResult.nothing());
            }
            assertThat(loading.asked).hasValue(0);
        }
    }

    @Test
    void ask_whenAllAreLoading_saysLoadingAtOnce() throws Exception {
        FakeBackend loading = new FakeBackend("loading", true);
        loading.state = BackendState.LOADING;
        try (BackendPool<FakeBackend> pool = pool(2, loading)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            assertSilent(ask(pool, answering()), NoVerdictReason.LOADING);
        }
    }

    @Test
    void ask_whenOneGivesNoVerdict_asksAnotherOnce() throws Exception {
        FakeBackend one = new FakeBackend("one", true);
        FakeBackend two = new FakeBackend("two", true);
        try (BackendPool<FakeBackend> pool = pool(2, one, two)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            AtomicInteger calls = new AtomicInteger();
            FilterResult result = ask(
                    pool,
                    (backend, lease, deadline) -> calls.incrementAndGet() == 1
                            ? new NoVerdict(NoVerdictReason.BACKEND_ERROR, "cut off")
                            : FilterResult.nothing());
            assertThat(result).isEqualTo(FilterResult.nothing());
            assertThat(calls).hasValue(2);
        }
    }

    @Test
    void ask_whenAllPlacesAreTaken_waitsAndThenSaysOverloaded() throws Exception {
        FakeBackend backend = new FakeBackend("a", true);
        CountDownLatch release = new CountDownLatch(1);
        try (BackendPool<FakeBackend> pool = pool(1, backend)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            Deadline soon = Deadline.in(Duration.ofMillis(200));
            FilterResult first = pool.ask(
                    new Object(),
                    b -> true,
                    (b, lease, deadline) -> {
                        release.await();
                        return FilterResult.nothing();
                    },
                    PATIENCE,
                    soon);
            assertSilent(first, NoVerdictReason.TIMED_OUT);
            assertThat(pool.status().getFirst().inUse())
                    .as("nobody waits, but it still works")
                    .isEqualTo(1);
            assertSilent(
                    pool.ask(new Object(), b -> true, answering(), PATIENCE, Deadline.in(Duration.ofMillis(200))),
                    NoVerdictReason.OVERLOADED);
            release.countDown();
            assertThat(ask(pool, answering())).isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void ask_withAMailThatTheBackendStillWorksOn_waitsForThatAndTakesNoSecondPlace() throws Exception {
        FakeBackend backend = new FakeBackend("a", true);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger scans = new AtomicInteger();
        Exchange<FakeBackend> slow = (b, lease, deadline) -> {
            scans.incrementAndGet();
            release.await();
            return FilterResult.nothing();
        };
        try (BackendPool<FakeBackend> pool = pool(4, backend)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            for (int i = 0; i < 3; i++) {
                assertSilent(
                        pool.ask("one mail", b -> true, slow, PATIENCE, Deadline.in(Duration.ofMillis(200))),
                        NoVerdictReason.TIMED_OUT);
            }
            assertThat(scans).hasValue(1);
            assertThat(pool.status().getFirst().inUse()).isEqualTo(1);
            assertThat(pool.ask("another mail", b -> true, answering(), PATIENCE, Deadline.in(PATIENCE)))
                    .isEqualTo(FilterResult.nothing());
            Thread.ofVirtual().start(release::countDown);
            assertThat(pool.ask("one mail", b -> true, slow, PATIENCE, Deadline.in(PATIENCE)))
                    .isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void ask_withAMailThatADeadBackendHad_doesNotWaitForThat() throws Exception {
        FakeBackend backend = new FakeBackend("a", true);
        CountDownLatch release = new CountDownLatch(1);
        try (BackendPool<FakeBackend> pool = pool(4, backend)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            pool.ask(
                    "one mail",
                    b -> true,
                    (b, lease, deadline) -> {
                        release.await();
                        return FilterResult.nothing();
                    },
                    PATIENCE,
                    Deadline.in(Duration.ofMillis(200)));
            backend.state = BackendState.DEAD;
            while (pool.status().getFirst().state() != BackendState.DEAD) {
                Thread.sleep(20);
            }
            backend.state = BackendState.UP;
            while (pool.status().getFirst().state() != BackendState.UP) {
                Thread.sleep(20);
            }
            assertThat(pool.ask("one mail", b -> true, answering(), PATIENCE, Deadline.in(PATIENCE)))
                    .isEqualTo(FilterResult.nothing());
            release.countDown();
        }
    }

    @Test
    void ask_whenConnectionsKeepFailing_leavesTheBackendAlone() throws Exception {
        FakeBackend backend = new FakeBackend("a", true);
        try (BackendPool<FakeBackend> pool = pool(4, backend)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            backend.state = BackendState.DEAD;
            AtomicInteger calls = new AtomicInteger();
            for (int i = 0; i < 20; i++) {
                ask(pool, (b, lease, deadline) -> {
                    calls.incrementAndGet();
                    return new NoVerdict(NoVerdictReason.UNAVAILABLE, "refused");
                });
            }
            assertThat(calls).hasValueLessThanOrEqualTo(Breaker.CONNECT_FAILURES);
            backend.state = BackendState.UP;
            while (!(ask(pool, answering()) instanceof FilterResult.Findings)) {
                Thread.sleep(50);
            }
        }
    }

    @Test
    void ask_whenABackendMayHaveBecomeAnother_hasItProbedFirst() throws Exception {
        FakeBackend backend = new FakeBackend("a", true);
        PoolConfig seldom = new PoolConfig(4, 10, Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofSeconds(1));
        try (BackendPool<FakeBackend> pool =
                new BackendPool<>("fake", List.of(backend), seldom, new SimpleMeterRegistry())) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            backend.settled = false;
            assertThat(ask(pool, (b, lease, deadline) -> {
                        assertThat(b.settled).isTrue();
                        return FilterResult.nothing();
                    }))
                    .isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void ask_whenOneMayHaveBecomeAnother_asksTheOtherMeanwhile() throws Exception {
        FakeBackend doubtful = new FakeBackend("doubtful", true);
        FakeBackend good = new FakeBackend("good", true);
        try (BackendPool<FakeBackend> pool = pool(4, doubtful, good)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            for (int i = 0; i < 20; i++) {
                doubtful.settled = false;
                assertThat(ask(pool, answering())).isEqualTo(FilterResult.nothing());
            }
            assertThat(good.asked.get()).isPositive();
        }
    }

    @Test
    void ask_withAMailThatCannotBeRead_blamesNoBackendAndAsksNoOther() throws Exception {
        FakeBackend one = new FakeBackend("one", true);
        FakeBackend two = new FakeBackend("two", true);
        try (BackendPool<FakeBackend> pool = pool(4, one, two)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            for (int i = 0; i < 3 * Breaker.WINDOW; i++) {
                ask(pool, (backend, lease, deadline) -> {
                    backend.asked.incrementAndGet();
                    return new NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the mail cannot be read");
                });
            }
            assertThat(one.asked.get() + two.asked.get()).isEqualTo(3 * Breaker.WINDOW);
            assertThat(pool.status())
                    .allSatisfy(status -> assertThat(status.state()).isEqualTo(BackendState.UP));
        }
    }

    @Test
    void ask_whenAMailIsTooLargeForOne_asksTheOther() throws Exception {
        FakeBackend one = new FakeBackend("one", true);
        FakeBackend two = new FakeBackend("two", true);
        try (BackendPool<FakeBackend> pool = pool(4, one, two)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            AtomicInteger calls = new AtomicInteger();
            assertThat(ask(
                            pool,
                            (backend, lease, deadline) -> calls.incrementAndGet() == 1
                                    ? new NoVerdict(NoVerdictReason.TOO_LARGE, "more than its StreamMaxLength")
                                    : FilterResult.nothing()))
                    .isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void ask_ofAMailThatFitsNoBackend_isTooLarge() throws Exception {
        try (BackendPool<FakeBackend> pool = pool(1, new FakeBackend("a", true))) {
            assertSilent(
                    pool.ask(new Object(), backend -> false, answering(), PATIENCE, Deadline.in(PATIENCE)),
                    NoVerdictReason.TOO_LARGE);
        }
    }

    @Test
    void drain_takesABackendOutUntilItIsRestored() throws Exception {
        FakeBackend one = new FakeBackend("one", true);
        FakeBackend two = new FakeBackend("two", true);
        try (BackendPool<FakeBackend> pool = pool(2, one, two)) {
            pool.awaitFirstProbes(Deadline.in(PATIENCE));
            assertThat(pool.drain(one, Deadline.in(PATIENCE))).isTrue();
            for (int i = 0; i < 10; i++) {
                ask(pool, answering());
            }
            assertThat(one.asked).hasValue(0);
            pool.restore(one);
            assertThat(pool.drain(two, Deadline.in(PATIENCE))).isTrue();
            assertThat(ask(pool, answering())).isEqualTo(FilterResult.nothing());
            assertThat(one.asked).hasValue(1);
        }
    }

    @Test
    void breaker_tripsAtHalfOfTheLastTwenty() {
        Breaker breaker = new Breaker();
        for (int i = 0; i < 10; i++) {
            breaker.answered();
        }
        for (int i = 0; i < 9; i++) {
            assertThat(breaker.stayedSilent()).isFalse();
        }
        assertThat(breaker.stayedSilent()).isTrue();
        breaker.reset();
        assertThat(breaker.connectFailed()).isFalse();
        assertThat(breaker.connectFailed()).isFalse();
        assertThat(breaker.connectFailed()).isTrue();
    }

    @Test
    void limiter_halvesOnceASecondAndGrowsSlowly() {
        Limiter limiter = new Limiter(8);
        limiter.tooSlow(0);
        limiter.tooSlow(1);
        assertThat(limiter.limit()).isEqualTo(4);
        limiter.tooSlow(2_000_000_000L);
        assertThat(limiter.limit()).isEqualTo(2);
        for (int i = 0; i < 1_000; i++) {
            limiter.answered();
        }
        assertThat(limiter.limit()).isEqualTo(8);
    }
}
