// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.limits.Deadline;

/// A few platform threads for what needs the processor for long: on virtual threads it would keep everybody else from
/// running, for those give way only when they wait.
final class Workshop implements AutoCloseable {
    private final Semaphore places;
    private final ExecutorService threads;

    Workshop(String name, int atOnce) {
        this.places = new Semaphore(atOnce, true);
        this.threads = Executors.newFixedThreadPool(
                atOnce, Thread.ofPlatform().name(name + "-", 0).daemon().factory());
    }

    /// One piece of work, in two steps.
    interface Work {
        /// Fetches what is needed, on the caller's thread, once a place is free.
        void prepare() throws IOException;

        /// Does it, on one of the threads.
        void run() throws IOException;
    }

    /// How many places are taken.
    int busy(int atOnce) {
        return atOnce - places.availablePermits();
    }

    /// Does the work; false when no place became free in time. A place stays taken until the work has really ended.
    ///
    /// An interrupt ends the wait, not the work, which is to notice by itself.
    ///
    boolean run(Work work, Deadline deadline) throws IOException, InterruptedException {
        if (!places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        boolean handed = false;
        Future<Boolean> result;
        try {
            work.prepare();
            result = threads.submit(() -> {
                try {
                    work.run();
                    return true;
                } finally {
                    places.release();
                }
            });
            handed = true;
        } finally {
            if (!handed) {
                places.release();
            }
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
