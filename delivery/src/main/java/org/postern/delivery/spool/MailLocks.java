// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.HandoffId;

/// Locks under which state records are appended, one for every 64th mail. Whoever holds one takes no other, and takes
/// the lock of [SpoolIndex] only inside.
final class MailLocks {
    private static final int COUNT = 64;
    private final ReentrantLock[] locks = new ReentrantLock[COUNT];

    MailLocks() {
        for (int i = 0; i < COUNT; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    ReentrantLock of(HandoffId id) {
        return locks[(int) MailKey.low(id.transaction()) & (COUNT - 1)];
    }
}
