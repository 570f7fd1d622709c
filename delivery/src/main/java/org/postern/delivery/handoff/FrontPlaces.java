// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.limits.Deadline;
import org.postern.delivery.spool.Intake;

/// How many mails each front may hand over at the same time, so that one cannot take all places of the store. A front
/// is known for as long as it has a connection. The lock guards the map.
final class FrontPlaces {
    private final int max;
    private final Intake intake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Front> fronts = new HashMap<>();

    FrontPlaces(int max, Intake intake) {
        this.max = max;
        this.intake = intake;
    }

    /// What is told to a front: fewer places while commits take long, so that it says "later" to its clients and
    /// mails do not wait here.
    int told() {
        return Math.max(1, max >> Math.min(10, intake.slowness()));
    }

    /// A front has made a connection.
    Front enter(String node) {
        lock.lock();
        try {
            Front front = fronts.computeIfAbsent(node, name -> new Front(name, max));
            front.connections++;
            return front;
        } finally {
            lock.unlock();
        }
    }

    /// One front with its connections.
    final class Front implements AutoCloseable {
        private final String node;
        private final Semaphore places;
        private int connections;

        private Front(String node, int max) {
            this.node = node;
            this.places = new Semaphore(max);
        }

        /// Waits for a place; false when the deadline came first.
        boolean take(Deadline deadline) {
            try {
                return places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        void release() {
            places.release();
        }

        /// The connection has ended.
        @Override
        public void close() {
            lock.lock();
            try {
                connections--;
                if (connections == 0) {
                    fronts.remove(node);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
