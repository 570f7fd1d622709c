// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.process;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.postern.core.limits.Deadline;

/// A few platform threads that talk to child processes, for reading from a pipe would hold a virtual thread's carrier.
///
/// A task that is not done in time is killed; its place stays taken until its thread has really ended.
public final class Workers implements AutoCloseable {
    private final int places;
    private final Semaphore free;
    private final ExecutorService threads;

    public Workers(String name, int places) {
        this.places = places;
        this.free = new Semaphore(places, true);
        this.threads = Executors.newFixedThreadPool(
                places, Thread.ofPlatform().name(name + "-", 0).daemon().factory());
    }

    /// Something to be done.
    ///
    /// @param <T> what comes of it
    public interface Task<T> {
        /// Fetches what it needs, on the caller's thread, once there is a place for it: so no more is in memory than
        /// there are places.
        void prepare() throws IOException;

        /// Does it. Fails soon after [#kill].
        T call() throws IOException, InterruptedException;

        /// Makes [#call] end. Called by another thread, at any time, at most once.
        void kill();
    }

    /// What came of a task.
    ///
    /// @param <T> what comes of it when it is done
    public sealed interface Outcome<T> {
        /// It was done.
        record Done<T>(T value) implements Outcome<T> {}

        /// No place became free before the deadline.
        record NoPlace<T>() implements Outcome<T> {}

        /// It was killed at its end.
        record Killed<T>() implements Outcome<T> {}

        /// It failed by itself.
        record Failed<T>(Throwable why) implements Outcome<T> {}
    }

    /// How many places are taken.
    public int busy() {
        return places - free.availablePermits();
    }

    /// Runs a task and waits for it.
    ///
    /// @param deadline by which a place must be free
    /// @param end by which the task must be done; read when it starts
    /// @throws IOException when the preparation fails
    public <T> Outcome<T> run(Task<T> task, Deadline deadline, Supplier<Deadline> end)
            throws IOException, InterruptedException {
        if (!free.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            return new Outcome.NoPlace<>();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean handed = false;
        try {
            task.prepare();
            threads.execute(() -> {
                try {
                    result.complete(task.call());
                } catch (IOException | InterruptedException | RuntimeException e) {
                    result.completeExceptionally(e);
                } finally {
                    free.release();
                    result.completeExceptionally(new IllegalStateException("the task ended with an error"));
                }
            });
            handed = true;
        } finally {
            if (!handed) {
                free.release();
            }
        }
        boolean done = false;
        try {
            T value = result.get(end.get().remainingNanos(), TimeUnit.NANOSECONDS);
            done = true;
            return new Outcome.Done<>(value);
        } catch (TimeoutException e) {
            return new Outcome.Killed<>();
        } catch (ExecutionException e) {
            done = true;
            Throwable cause = e.getCause();
            return new Outcome.Failed<>(cause == null ? e : cause);
        } finally {
            if (!done) {
                task.kill();
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
