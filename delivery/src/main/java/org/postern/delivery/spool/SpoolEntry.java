// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.Comparator;
import org.postern.core.handoff.HandoffId;

/// One waiting, held or claimed mail in memory. Guarded by the lock of [SpoolIndex]. There are as many as mails, so it
/// is small: 64 octets.
final class SpoolEntry {
    /// Oldest first. Ids never change, so this needs no lock.
    static final Comparator<SpoolEntry> BY_AGE = Comparator.<SpoolEntry>comparingLong(entry -> entry.high)
            .thenComparing((one, other) -> Long.compareUnsigned(one.low, other.low))
            .thenComparing(entry -> entry.front);

    final long high;
    final long low;
    final String front;
    /// Octets of the body.
    final long size;
    /// On the monotonic clock: the next attempt, or the end of the lease.
    long dueMillis;
    /// Zero while nobody works on it.
    long token;
    /// The place in the heap; -1 while it is not in it.
    int place = -1;
    boolean fresh;
    boolean held;

    SpoolEntry(HandoffId id, long size, long dueMillis, boolean fresh, boolean held) {
        this.high = MailKey.high(id.transaction());
        this.low = MailKey.low(id.transaction());
        this.front = id.front().intern();
        this.size = size;
        this.dueMillis = dueMillis;
        this.fresh = fresh;
        this.held = held;
    }

    HandoffId id() {
        return MailKey.id(front, high, low);
    }

    SpoolQueue.State state() {
        if (token != 0) {
            return SpoolQueue.State.RUNNING;
        }
        return held ? SpoolQueue.State.HELD : SpoolQueue.State.WAITING;
    }

    boolean is(long otherHigh, long otherLow, String otherFront) {
        return low == otherLow && high == otherHigh && front.equals(otherFront);
    }
}
