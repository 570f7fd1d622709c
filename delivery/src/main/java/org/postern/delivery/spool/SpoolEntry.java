// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import org.postern.core.handoff.HandoffId;

/// One waiting or claimed mail in memory. Guarded by the lock of [SpoolIndex].
final class SpoolEntry {
    final HandoffId id;
    /// On the monotonic clock.
    long nextMillis;
    long token;
    boolean fresh;

    SpoolEntry(HandoffId id, long nextMillis, boolean fresh) {
        this.id = id;
        this.nextMillis = nextMillis;
        this.fresh = fresh;
    }
}
