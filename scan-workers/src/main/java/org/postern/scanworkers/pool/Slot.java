// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;

/// What the pool knows of one backend. Everything but the wake-up is guarded by the roster's lock.
final class Slot<B extends Backend> {
    final B backend;
    final Breaker breaker = new Breaker();
    final Limiter limiter;
    final Semaphore wakeUp = new Semaphore(0);
    final Set<Call> calls = new HashSet<>();
    BackendState state = BackendState.UNKNOWN;
    String detail = "not probed yet";
    boolean seenUp;
    boolean drained;
    /// Whether the backend was settled when it was last asked.
    boolean settled = true;
    int inUse;

    Slot(B backend, int ceiling) {
        this.backend = backend;
        this.limiter = new Limiter(ceiling);
    }

    boolean usable() {
        return state.usable() && !drained && settled;
    }

    /// Whether the next probe may make it usable, and is to come soon.
    boolean undecided() {
        return state == BackendState.UNKNOWN || (state.usable() && !drained && !settled);
    }

    /// Has the prober not wait for its next time; the first probe is under way anyway.
    void askForProbe() {
        if (state != BackendState.UNKNOWN && wakeUp.availablePermits() == 0) {
            wakeUp.release();
        }
    }

    boolean hasRoom() {
        return usable() && inUse < limiter.limit();
    }

    /// How loaded it is; one that is overloaded comes after all others.
    double load() {
        return (double) inUse / limiter.limit() + (state == BackendState.UP ? 0 : 1_000);
    }

    /// Feeds breaker and limiter with how a mail fared; true when the breaker trips.
    boolean learn(FilterResult result) {
        return switch (result) {
            case FilterResult.Findings ignored -> {
                breaker.answered();
                limiter.answered();
                yield false;
            }
            case NoVerdict silence ->
                switch (silence.reason()) {
                    case UNAVAILABLE -> {
                        wakeUp.release();
                        yield breaker.connectFailed();
                    }
                    case TIMED_OUT, OVERLOADED -> {
                        limiter.tooSlow(System.nanoTime());
                        wakeUp.release();
                        yield breaker.stayedSilent();
                    }
                    case LOADING, BACKEND_ERROR -> breaker.stayedSilent();
                    // Our own failure, such as a mail that cannot be read, says nothing of the backend.
                    case TOO_LARGE, NOT_NEEDED, INTERNAL_ERROR -> false;
                };
        };
    }

    /// A mail that this backend works on.
    static final class Call {
        final Lease lease = new Lease();

        /// What the mail that waits is told; also that it has waited long enough.
        final CompletableFuture<FilterResult> answer = new CompletableFuture<>();

        /// What the backend says in the end, waited for or not; or that it is gone.
        final CompletableFuture<FilterResult> late = new CompletableFuture<>();
    }
}
