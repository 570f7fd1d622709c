// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets many writers share one sync: everybody who asks while one is running is served by the next.
///
/// The lock guards the counters; the sync itself runs outside of it, in the thread of one of those who wait. A
/// failed sync fails everybody whom it should have served, and everybody after: it is never tried again.
final class GroupSync {
    /// The sync.
    interface Sync {
        void run() throws IOException;
    }

    private final Sync sync;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long asked;
    private long served;
    private boolean running;
    private @Nullable IOException failure;

    GroupSync(Sync sync) {
        this.sync = sync;
    }

    /// Returns when a sync that began after this call has ended well. Ignores interrupts, which stay pending.
    void await() throws IOException {
        long mine;
        lock.lock();
        try {
            mine = ++asked;
            while (served < mine && (running || failure != null)) {
                if (failure != null) {
                    throw new SyncException(failure);
                }
                ended.awaitUninterruptibly();
            }
            if (served >= mine) {
                return;
            }
            running = true;
            mine = asked;
        } finally {
            lock.unlock();
        }
        runAs(mine);
    }

    private void runAs(long ticket) throws IOException {
        boolean synced = false;
        @Nullable IOException thrown = null;
        try {
            sync.run();
            synced = true;
        } catch (IOException e) {
            thrown = e;
            throw new SyncException(e);
        } finally {
            lock.lock();
            try {
                running = false;
                if (synced) {
                    served = Math.max(served, ticket);
                } else {
                    failure = thrown == null ? new IOException("the sync did not end") : thrown;
                }
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
