// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
/// backend is usable. One lock guards the book-keeping; no input or output happens under it.
public final class BackendPool<B extends Backend> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendPool.class);
    private static final int ATTEMPTS = 2;

    private final String engine;
    private final PoolConfig config;
    private final PoolMeters meters;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Slot<B>> slots = new ArrayList<>();
    private final List<Thread> probers = new ArrayList<>();
    private int waiting;
    private boolean closed;

    /// Starts to probe the backends.
    ///
    /// @param engine the name of the filter, for logs and meters
    public BackendPool(String engine, List<B> backends, PoolConfig config, MeterRegistry registry) {
        this.engine = engine;
        this.config = config;
        this.meters = new PoolMeters(engine, registry);
        for (B backend : backends) {
            Slot<B> slot = new Slot<>(backend, config.maxConnections());
            slots.add(slot);
            meters.register(backend.name(), () -> status(slot));
            Prober<B> prober = new Prober<>(this, slot, config);
            probers.add(Thread.ofVirtual().name("probe-" + backend.name()).start(prober));
        }
    }

    /// Where a backend stands.
    ///
    /// @param inUse mails it works on, abandoned ones included
    /// @param limit how many it is given at once
    public record BackendStatus(String name, BackendState state, String detail, int inUse, int limit) {}

    /// All backends, in the order they were configured.
    public List<BackendStatus> status() {
        return slots.stream().map(this::status).toList();
    }

    private BackendStatus status(Slot<B> slot) {
        lock.lock();
        try {
            return new BackendStatus(
                    slot.backend.name(),
                    slot.drained ? BackendState.DRAINED : slot.state,
                    slot.detail,
                    slot.inUse,
                    slot.limiter.limit());
        } finally {
            lock.unlock();
        }
    }

    /// Has a mail looked at.
    ///
    /// @param fits which backends may be asked; where none fits, the answer is `TOO_LARGE`
    /// @param patience how long one backend may take before another is asked
    /// @return findings, or why there are none; before the deadline
    public FilterResult ask(Predicate<B> fits, Exchange<B> exchange, Duration patience, Deadline deadline)
            throws InterruptedException {
        FilterResult last = new NoVerdict(NoVerdictReason.UNAVAILABLE, engine + " has no backend");
        Set<Slot<B>> tried = new HashSet<>();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Choice<B> choice = choose(fits, tried, attempt > 0, deadline);
            switch (choice) {
                case Choice.None<B> none -> {
                    return attempt == 0 ? none.result() : last;
                }
                case Choice.Chosen<B> chosen -> {
                    tried.add(chosen.slot());
                    last = call(chosen.slot(), exchange, deadline.within(patience));
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
            case NoVerdict silence -> silence.reason() == NoVerdictReason.TOO_LARGE;
        };
    }

    private sealed interface Choice<B extends Backend> {
        record Chosen<B extends Backend>(Slot<B> slot) implements Choice<B> {}

        record None<B extends Backend>(FilterResult result) implements Choice<B> {}
    }

    /// Takes a place at the least loaded backend; waits while there might be one, but never for a second attempt.
    private Choice<B> choose(Predicate<B> fits, Set<Slot<B>> tried, boolean again, Deadline deadline)
            throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                List<Slot<B>> known = slots.stream()
                        .filter(slot -> !tried.contains(slot) && slot.usable())
                        .toList();
                List<Slot<B>> candidates =
                        known.stream().filter(slot -> fits.test(slot.backend)).toList();
                Slot<B> best = null;
                for (Slot<B> slot : candidates) {
                    if (slot.hasRoom() && (best == null || slot.load() < best.load())) {
                        best = slot;
                    }
                }
                if (best != null) {
                    best.inUse++;
                    return new Choice.Chosen<>(best);
                }
                if (again || closed) {
                    return none(NoVerdictReason.UNAVAILABLE, "no other backend of " + engine);
                }
                if (candidates.isEmpty() && !known.isEmpty()) {
                    return none(NoVerdictReason.TOO_LARGE, "larger than what " + engine + " is known to scan");
                }
                if (known.isEmpty() && slots.stream().noneMatch(slot -> slot.state == BackendState.UNKNOWN)) {
                    return noneUsable();
                }
                if (waiting >= config.maxWaiting()) {
                    return none(NoVerdictReason.OVERLOADED, "too many mails wait for " + engine);
                }
                if (!awaitChange(deadline)) {
                    return known.isEmpty()
                            ? noneUsable()
                            : none(NoVerdictReason.OVERLOADED, "all places of " + engine + " stayed taken");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is around the call
    private boolean awaitChange(Deadline deadline) throws InterruptedException {
        waiting++;
        try {
            return changed.awaitNanos(deadline.remainingNanos()) > 0;
        } finally {
            waiting--;
        }
    }

    private Choice<B> none(NoVerdictReason reason, String detail) {
        return new Choice.None<>(new NoVerdict(reason, detail));
    }

    private Choice<B> noneUsable() {
        StringBuilder detail = new StringBuilder("no usable backend:");
        NoVerdictReason reason = NoVerdictReason.UNAVAILABLE;
        for (Slot<B> slot : slots) {
            detail.append(' ')
                    .append(slot.backend.name())
                    .append(" is ")
                    .append(slot.state)
                    .append(" (")
                    .append(slot.detail)
                    .append(")");
            if (slot.state.reason() == NoVerdictReason.LOADING || slot.drained) {
                reason = NoVerdictReason.LOADING;
            }
        }
        return none(reason, detail.toString());
    }

    /// Runs the exchange on its own thread and waits for it until the deadline.
    private FilterResult call(Slot<B> slot, Exchange<B> exchange, Deadline deadline) throws InterruptedException {
        Slot.Call call = new Slot.Call();
        lock.lock();
        try {
            slot.calls.add(call);
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("exchange-" + slot.backend.name()).start(() -> run(slot, exchange, call, deadline));
        try {
            return call.answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            NoVerdict silence =
                    new NoVerdict(NoVerdictReason.TIMED_OUT, slot.backend.name() + " did not answer in time");
            settle(slot, call, silence);
            call.lease.abandon();
            return call.answer.join();
        } catch (InterruptedException e) {
            call.answer.complete(new NoVerdict(NoVerdictReason.NOT_NEEDED, "interrupted"));
            call.lease.abandon();
            throw e;
        } catch (ExecutionException e) {
            throw new AssertionError("an exchange never fails, it has no verdict", e);
        }
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
            lock.lock();
            try {
                slot.inUse--;
                slot.calls.remove(call);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            meters.exchanged(slot.backend.name(), System.nanoTime() - start, result);
            settle(slot, call, result);
        }
    }

    /// Gives the answer, and learns from it before anybody who has it can ask for the next place.
    private void settle(Slot<B> slot, Slot.Call call, FilterResult result) {
        lock.lock();
        try {
            if (call.answer.complete(result)) {
                learn(slot, result);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Feeds breaker and limiter with how a mail fared.
    private void learn(Slot<B> slot, FilterResult result) {
        lock.lock();
        try {
            boolean trip = switch (result) {
                case FilterResult.Findings ignored -> {
                    slot.breaker.answered();
                    slot.limiter.answered();
                    yield false;
                }
                case NoVerdict silence ->
                    switch (silence.reason()) {
                        case UNAVAILABLE -> {
                            slot.wakeUp.release();
                            yield slot.breaker.connectFailed();
                        }
                        case TIMED_OUT, OVERLOADED -> {
                            slot.limiter.tooSlow(System.nanoTime());
                            slot.wakeUp.release();
                            yield slot.breaker.stayedSilent();
                        }
                        case LOADING, BACKEND_ERROR, INTERNAL_ERROR -> slot.breaker.stayedSilent();
                        case TOO_LARGE, NOT_NEEDED -> false;
                    };
            };
            if (trip && slot.state.usable()) {
                enter(slot, BackendState.DEAD, "mails got no verdict from it");
                slot.wakeUp.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes up what a probe showed.
    void probed(Slot<B> slot, Backend.Probe probe) {
        lock.lock();
        try {
            if (probe.state() == BackendState.UP) {
                if (slot.state != BackendState.UP) {
                    slot.breaker.reset();
                }
                slot.seenUp = true;
            } else if (probe.state() == BackendState.OVERLOADED) {
                slot.limiter.tooSlow(System.nanoTime());
            }
            enter(slot, probe.state(), probe.detail());
        } finally {
            lock.unlock();
        }
    }

    /// Changes the state, and sends the mails that wait for a backend which is gone to another, if there is one.
    private void enter(Slot<B> slot, BackendState state, String detail) {
        BackendState before = slot.state;
        slot.state = state;
        slot.detail = detail;
        if (before != state) {
            if (state == BackendState.UP) {
                LOG.info("{} backend {} is up: {}", engine, slot.backend.name(), detail);
            } else {
                LOG.warn("{} backend {} is {}: {}", engine, slot.backend.name(), state, detail);
            }
            if (!state.usable() && slots.stream().anyMatch(other -> other != slot && other.state == BackendState.UP)) {
                NoVerdict moved = new NoVerdict(state.reason(), slot.backend.name() + " is " + state + ": " + detail);
                for (Slot.Call call : slot.calls) {
                    call.answer.complete(moved);
                    Thread.startVirtualThread(call.lease::abandon);
                }
            }
        }
        changed.signalAll();
    }

    /// Waits until every backend was probed once, or until the deadline.
    public void awaitFirstProbes(Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            while (slots.stream().anyMatch(slot -> slot.state == BackendState.UNKNOWN)) {
                if (closed || changed.awaitNanos(deadline.remainingNanos()) <= 0) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    boolean seenUp(Slot<B> slot) {
        lock.lock();
        try {
            return slot.seenUp;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a backend out of the pool, and waits until it has finished what it works on.
    ///
    /// @return false when it still works at the deadline; it stays out all the same
    public boolean drain(B backend, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            Slot<B> slot = slot(backend);
            slot.drained = true;
            while (slot.inUse > 0) {
                if (changed.awaitNanos(deadline.remainingNanos()) <= 0) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Puts a drained backend back; the next probe decides what becomes of it.
    public void restore(B backend) {
        lock.lock();
        try {
            Slot<B> slot = slot(backend);
            slot.drained = false;
            slot.wakeUp.release();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The backends, in the order they were configured.
    public List<B> backends() {
        return slots.stream().map(slot -> slot.backend).toList();
    }

    private Slot<B> slot(B backend) {
        return slots.stream()
                .filter(slot -> slot.backend.equals(backend))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not in this pool: " + backend.name()));
    }

    /// Ends the probes. Exchanges end by themselves.
    @Override
    public void close() {
        probers.forEach(Thread::interrupt);
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
