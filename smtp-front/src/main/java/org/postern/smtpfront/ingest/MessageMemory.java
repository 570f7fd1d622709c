// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import java.util.concurrent.Semaphore;

/// The memory of a front for messages that come in or are worked on, in parts of `message-memory`. A message that
/// outgrows its first octets takes a part, or goes to a file where none is left: so what many clients send at the same
/// time cannot use up the heap. Any thread.
public final class MessageMemory {
    private final int inAll;
    private final Semaphore parts;

    public MessageMemory(int parts) {
        this.inAll = parts;
        this.parts = new Semaphore(parts);
    }

    /// Whether there was a part left; it must be given back.
    boolean take() {
        return parts.tryAcquire();
    }

    void giveBack() {
        parts.release();
    }

    /// How many parts are taken.
    public int taken() {
        return inAll - parts.availablePermits();
    }
}
