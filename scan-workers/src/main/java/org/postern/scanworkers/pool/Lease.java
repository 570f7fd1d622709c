// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.util.concurrent.locks.ReentrantLock;

/// One exchange with a backend, as the exchange sees it: whether somebody still waits for its answer.
///
/// The exchange goes on after it was abandoned as long as the backend works on the mail, so that the place in the
/// pool is not given away early. What need not go on, such as sending the rest of the mail, registers a way to stop
/// it.
public final class Lease {
    private final ReentrantLock lock = new ReentrantLock();
    private boolean abandoned;
    private Runnable stop = () -> {};

    /// Whether nobody waits for the answer any more.
    public boolean abandoned() {
        lock.lock();
        try {
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    /// Sets what is to be done at once when the answer is not wanted any more; replaces what was set before. Runs it
    /// now where that is already so.
    public void whenAbandoned(Runnable action) {
        boolean now;
        lock.lock();
        try {
            stop = action;
            now = abandoned;
        } finally {
            lock.unlock();
        }
        if (now) {
            action.run();
        }
    }

    void abandon() {
        Runnable action;
        lock.lock();
        try {
            if (abandoned) {
                return;
            }
            abandoned = true;
            action = stop;
        } finally {
            lock.unlock();
        }
        action.run();
    }
}
