// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.util.concurrent.CountDownLatch;

/// Holds up a collaborator of the front until it is opened, and knows whether one has come.
final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /// For the collaborator: waits until the gate is open.
    void pass() {
        reached.countDown();
        try {
            opened.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits until somebody has come to it.
    void awaitReached() throws InterruptedException {
        reached.await();
    }

    void open() {
        opened.countDown();
    }
}
