// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.limits.Deadline;

/// The ids and mails being worked on right now, each by one thread. Bounded by the number of those threads.
///
/// Nobody waits for an id while it holds a fingerprint, so that there is no circle.
final class InFlight {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final Set<Object> taken = new HashSet<>();

    /// Takes a key, waiting for whoever has it; false when the deadline came first. Ignores interrupts.
    boolean take(Object key, Deadline deadline) {
        lock.lock();
        try {
            boolean interrupted = false;
            while (!taken.add(key)) {
                long nanos = deadline.remainingNanos();
                if (nanos == 0) {
                    return false;
                }
                try {
                    long _ = released.awaitNanos(nanos);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a key if nobody has it.
    boolean tryTake(Object key) {
        lock.lock();
        try {
            return taken.add(key);
        } finally {
            lock.unlock();
        }
    }

    boolean isTaken(Object key) {
        lock.lock();
        try {
            return taken.contains(key);
        } finally {
            lock.unlock();
        }
    }

    void release(Object key) {
        lock.lock();
        try {
            taken.remove(key);
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
