// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.util.concurrent.Semaphore;

/// Look-ups in DNS that are made when a client connects, for the resolver's cache to have the answers when the mail is
/// there. Above its bound nothing is asked, and the mail itself asks. Any thread may call it.
public final class HeadStart {
    private final String name;
    private final Semaphore places;

    /// @param name of the threads
    /// @param max how many look-ups may run at once
    public HeadStart(String name, int max) {
        this.name = name;
        this.places = new Semaphore(max);
    }

    /// Asks DNS, and forgets the answer.
    @FunctionalInterface
    public interface LookUp {
        void ask() throws InterruptedException;
    }

    /// Starts a look-up, if there is a place; returns at once.
    public void ask(LookUp lookUp) {
        if (!places.tryAcquire()) {
            return;
        }
        Thread.ofVirtual().name(name).start(() -> {
            try {
                lookUp.ask();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                places.release();
            }
        });
    }
}
