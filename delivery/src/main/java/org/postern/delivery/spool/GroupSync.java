// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets many writers share one sync: everybody who asks while one is running is served by the next.
///
/// The lock guards the rounds; the sync itself runs outside of it. Each round has a latch of its own, so that the end
/// of one wakes those it served and nobody else. A failed sync fails everybody whom it should have served, and
/// everybody after: it is never tried again.
final class GroupSync {
    /// The sync.
    interface Sync {
        void run() throws IOException;
    }

    private final Sync sync;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    /// Whoever asks now belongs to it; its sync has not begun.
    private @Nullable Round open;
    /// The one before the next.
    private @Nullable Round last;
    private @Nullable IOException failure;

    /// Syncs in the thread of one of those who wait.
    GroupSync(Sync sync) {
        this(sync, Runnable::run);
    }

    /// @param executor runs the syncs, in the order in which they are asked for
    GroupSync(Sync sync, Executor executor) {
        this.sync = sync;
        this.executor = executor;
    }

    /// One sync and those it serves.
    static final class Round {
        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable IOException failure;

        /// Returns when the sync has ended well. Ignores interrupts, which stay pending.
        void await() throws IOException {
            awaitEnd();
            if (failure != null) {
                throw new SyncException(failure);
            }
        }

        private void awaitEnd() {
            boolean interrupted = false;
            while (true) {
                try {
                    ended.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void end(@Nullable IOException failure) {
            this.failure = failure;
            ended.countDown();
        }
    }

    /// Returns when a sync that began after this call has ended well. Ignores interrupts, which stay pending.
    void await() throws IOException {
        begin().await();
    }

    /// Asks for a sync that begins after this call.
    Round begin() {
        Round mine = new Round();
        Round before;
        lock.lock();
        try {
            if (open != null) {
                return open;
            }
            open = mine;
            before = last;
            last = mine;
        } finally {
            lock.unlock();
        }
        try {
            executor.execute(() -> run(mine, before));
        } catch (RuntimeException e) {
            end(mine, new IOException("the sync cannot begin", e));
        }
        return mine;
    }

    private void run(Round mine, @Nullable Round before) {
        if (before != null) {
            before.awaitEnd();
        }
        IOException failed;
        lock.lock();
        try {
            open = null;
            failed = failure;
        } finally {
            lock.unlock();
        }
        if (failed == null) {
            failed = new IOException("the sync did not end");
            try {
                sync.run();
                failed = null;
            } catch (IOException e) {
                failed = e;
            } finally {
                end(mine, failed);
            }
        } else {
            mine.end(failed);
        }
    }

    private void end(Round round, @Nullable IOException failed) {
        if (failed != null) {
            lock.lock();
            try {
                failure = failed;
                if (open == round) {
                    open = null;
                }
            } finally {
                lock.unlock();
            }
        }
        round.end(failed);
    }
}
