// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.process;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.postern.core.limits.Deadline;

/// A few platform threads for what would hold a virtual thread's carrier: reading from the pipe of a child process, and
/// much work of the processor.
///
/// A task that is not done in time is killed; its place stays taken until its thread has really ended. Any number of
/// threads may ask.
public final class Workers implements AutoCloseable {
    private final int places;
    private final Semaphore free;
    private final ExecutorService threads;
    private final Set<Task<?>> running = ConcurrentHashMap.newKeySet();

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

        /// Makes [#call] end. Called by any other thread, at any time, maybe again.
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
            running.add(task);
            threads.execute(() -> work(task, result));
            handed = true;
        } catch (RejectedExecutionException e) {
            return new Outcome.NoPlace<>(); // closed
        } finally {
            if (!handed) {
                running.remove(task);
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

    private <T> void work(Task<T> task, CompletableFuture<T> result) {
        try {
            T value = task.call();
            leave(task);
            result.complete(value);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            leave(task);
            result.completeExceptionally(e);
        }
    }

    /// Before the answer is given: whoever has it may ask for the place.
    private void leave(Task<?> task) {
        running.remove(task);
        free.release();
    }

    /// Kills what runs, and takes nothing more.
    @Override
    public void close() {
        threads.shutdownNow();
        running.forEach(Task::kill);
    }
}
