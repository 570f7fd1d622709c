// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backends of one engine. Any number of threads ask at once.
///
/// The least loaded backend that has proven itself is asked; where that brings no verdict and time is left, one other
/// is. A mail waits while all places are taken, up to a bound of waiting mails, and gets `NoVerdict` at once when no
/// backend is usable. A mail that was given up keeps its place until the backend lets go of it, and whoever comes
/// with the same mail meanwhile waits for that instead of taking another place.
public final class BackendPool<B extends Backend> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendPool.class);
    private static final int ATTEMPTS = 2;

    private final String engine;
    private final PoolMeters meters;
    private final Roster<B> roster;
    private final ConcurrentMap<Object, CompletableFuture<FilterResult>> abandoned = new ConcurrentHashMap<>();
    private final List<Thread> probers = new ArrayList<>();

    /// Starts to probe the backends.
    ///
    /// @param engine the name of the filter, for logs and meters
    public BackendPool(String engine, List<B> backends, PoolConfig config, MeterRegistry registry) {
        this.engine = engine;
        this.meters = new PoolMeters(engine, registry);
        this.roster = new Roster<>(engine, backends, config);
        meters.register(roster::waiting);
        for (Slot<B> slot : roster.slots()) {
            meters.register(slot.backend.name(), () -> roster.status(slot));
            Prober<B> prober = new Prober<>(roster, slot, config, meters);
            probers.add(Thread.ofVirtual().name("probe-" + slot.backend.name()).start(prober));
        }
    }

    /// Where a backend stands.
    ///
    /// @param inUse mails it works on, abandoned ones included
    /// @param limit how many it is given at once
    public record BackendStatus(String name, BackendState state, String detail, int inUse, int limit) {}

    /// All backends, in the order they were configured.
    public List<BackendStatus> status() {
        return roster.slots().stream().map(roster::status).toList();
    }

    /// Has a mail looked at.
    ///
    /// @param work equal for mails that get the same answer, such as the digest of the content
    /// @param fits which backends may be asked; where none fits, the answer is `TOO_LARGE`
    /// @param patience how long one backend may take before another is asked
    /// @return findings, or why there are none; before the deadline
    public FilterResult ask(Object work, Predicate<B> fits, Exchange<B> exchange, Duration patience, Deadline deadline)
            throws InterruptedException {
        CompletableFuture<FilterResult> same = abandoned.get(work);
        if (same != null) {
            FilterResult late = late(same, deadline);
            if (late instanceof FilterResult.Findings || deadline.expired()) {
                return late;
            }
        }
        FilterResult last = new NoVerdict(NoVerdictReason.UNAVAILABLE, engine + " has no backend");
        Set<Slot<B>> tried = new HashSet<>();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Roster.Choice<B> choice = roster.choose(fits, tried, attempt > 0, deadline);
            switch (choice) {
                case Roster.Choice.None<B> none -> {
                    return attempt == 0 ? none.result() : last;
                }
                case Roster.Choice.Chosen<B> chosen -> {
                    tried.add(chosen.slot());
                    last = call(work, chosen.slot(), exchange, deadline.within(patience));
                }
            }
            if (isFinal(last)) {
                return last;
            }
        }
        return last;
    }

    private static boolean isFinal(FilterResult result) {
        return switch (result) {
            case FilterResult.Findings ignored -> true;
            case NoVerdict silence -> silence.reason() == NoVerdictReason.INTERNAL_ERROR;
        };
    }

    /// The answer to the same mail, which somebody has given up and a backend still works on.
    private FilterResult late(CompletableFuture<FilterResult> same, Deadline deadline) throws InterruptedException {
        try {
            return same.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new NoVerdict(
                    NoVerdictReason.TIMED_OUT, engine + " still works on an earlier delivery of the same mail");
        } catch (ExecutionException e) {
            throw new AssertionError("an exchange never fails, it has no verdict", e);
        }
    }

    /// Runs the exchange on its own thread and waits for it until the deadline.
    private FilterResult call(Object work, Slot<B> slot, Exchange<B> exchange, Deadline deadline)
            throws InterruptedException {
        Slot.Call call = new Slot.Call();
        roster.begin(slot, call);
        Thread.ofVirtual().name("exchange-" + slot.backend.name()).start(() -> run(slot, exchange, call, deadline));
        try {
            return call.answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            NoVerdict silence =
                    new NoVerdict(NoVerdictReason.TIMED_OUT, slot.backend.name() + " did not answer in time");
            roster.settle(slot, call, silence);
            abandon(work, call);
            return call.answer.join();
        } catch (InterruptedException e) {
            call.answer.complete(new NoVerdict(NoVerdictReason.NOT_NEEDED, "interrupted"));
            abandon(work, call);
            throw e;
        } catch (ExecutionException e) {
            throw new AssertionError("an exchange never fails, it has no verdict", e);
        }
    }

    /// Nobody waits any more, unless somebody comes with the same mail while the backend works on it.
    private void abandon(Object work, Slot.Call call) {
        if (abandoned.putIfAbsent(work, call.late) == null) {
            var _ = call.late.whenComplete((result, failure) -> abandoned.remove(work, call.late));
        }
        call.lease.abandon();
    }

    private void run(Slot<B> slot, Exchange<B> exchange, Slot.Call call, Deadline deadline) {
        long start = System.nanoTime();
        FilterResult result = new NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the exchange failed");
        try {
            result = exchange.run(slot.backend, call.lease, deadline);
        } catch (InterruptedException e) {
            result = new NoVerdict(NoVerdictReason.TIMED_OUT, "interrupted");
        } catch (RuntimeException e) {
            LOG.error("{}: the exchange with {} failed, which is a defect", engine, slot.backend.name(), e);
            result = new NoVerdict(NoVerdictReason.INTERNAL_ERROR, e.toString());
        } finally {
            roster.end(slot, call);
            meters.exchanged(slot.backend.name(), System.nanoTime() - start, result);
            roster.settle(slot, call, result);
            call.late.complete(result);
        }
    }

    /// Waits until every backend was probed once, or until the deadline.
    public void awaitFirstProbes(Deadline deadline) throws InterruptedException {
        roster.awaitFirstProbes(deadline);
    }

    /// Takes a backend out of the pool, and waits until it has finished what it works on.
    ///
    /// @return false when it still works at the deadline; it stays out all the same
    public boolean drain(B backend, Deadline deadline) throws InterruptedException {
        return roster.drain(roster.slot(backend), deadline);
    }

    /// Puts a drained backend back; the next probe decides what becomes of it.
    public void restore(B backend) {
        roster.restore(roster.slot(backend));
    }

    /// The backends, in the order they were configured.
    public List<B> backends() {
        return roster.slots().stream().map(slot -> slot.backend).toList();
    }

    /// Ends the probes. Exchanges end by themselves.
    @Override
    public void close() {
        probers.forEach(Thread::interrupt);
        roster.close();
    }
}
