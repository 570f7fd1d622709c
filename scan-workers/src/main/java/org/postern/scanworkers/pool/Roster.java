// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.pool.BackendPool.BackendStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The book-keeping of a pool: what is known of each backend, and who may use it. One lock guards all of it; no input
/// or output happens under it.
final class Roster<B extends Backend> {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private final String engine;
    private final PoolConfig config;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Slot<B>> slots = new ArrayList<>();
    private int waiting;
    private boolean closed;

    Roster(String engine, List<B> backends, PoolConfig config) {
        this.engine = engine;
        this.config = config;
        backends.forEach(backend -> slots.add(new Slot<>(backend, config.maxConnections())));
    }

    /// In the order they were configured.
    List<Slot<B>> slots() {
        return List.copyOf(slots);
    }

    Slot<B> slot(B backend) {
        return slots.stream()
                .filter(slot -> slot.backend.equals(backend))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not in this pool: " + backend.name()));
    }

    BackendStatus status(Slot<B> slot) {
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

    /// Mails that wait for a place.
    int waiting() {
        lock.lock();
        try {
            return waiting;
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

    /// Who is asked.
    sealed interface Choice<B extends Backend> {
        /// A place was taken at this one.
        record Chosen<B extends Backend>(Slot<B> slot) implements Choice<B> {}

        record None<B extends Backend>(NoVerdict result) implements Choice<B> {}
    }

    /// Takes a place at the least loaded backend; waits while there might be one, but never for a second attempt.
    Choice<B> choose(Predicate<B> fits, Set<Slot<B>> tried, boolean again, Deadline deadline)
            throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                slots.forEach(slot -> slot.settled = slot.backend.settled());
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
                List<Slot<B>> undecided = slots.stream().filter(Slot::undecided).toList();
                undecided.forEach(Slot::askForProbe);
                if (candidates.isEmpty() && !known.isEmpty() && undecided.isEmpty()) {
                    return none(NoVerdictReason.TOO_LARGE, "larger than what " + engine + " is known to scan");
                }
                if (known.isEmpty() && undecided.isEmpty()) {
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

    void begin(Slot<B> slot, Slot.Call call) {
        lock.lock();
        try {
            slot.calls.add(call);
        } finally {
            lock.unlock();
        }
    }

    /// The backend has let go of a mail; its place is free.
    void end(Slot<B> slot, Slot.Call call) {
        lock.lock();
        try {
            slot.inUse--;
            slot.calls.remove(call);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Gives the answer, and learns from it before anybody who has it can ask for the next place.
    void settle(Slot<B> slot, Slot.Call call, FilterResult result) {
        lock.lock();
        try {
            if (call.answer.complete(result) && slot.learn(result) && slot.state.usable()) {
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
            if (!state.usable()) {
                boolean another = slots.stream().anyMatch(other -> other != slot && other.state == BackendState.UP);
                NoVerdict moved = new NoVerdict(state.reason(), slot.backend.name() + " is " + state + ": " + detail);
                for (Slot.Call call : slot.calls) {
                    call.late.complete(moved);
                    if (another) {
                        call.answer.complete(moved);
                        Thread.startVirtualThread(call.lease::abandon);
                    }
                }
            }
        }
        changed.signalAll();
    }

    void awaitFirstProbes(Deadline deadline) throws InterruptedException {
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

    boolean drain(Slot<B> slot, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
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

    void restore(Slot<B> slot) {
        lock.lock();
        try {
            slot.drained = false;
            slot.wakeUp.release();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
