// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;

/// Finds mails of the queue by id. Guarded by the lock of [SpoolIndex].
final class SpoolTable extends CompactTable<SpoolEntry> {
    @Override
    long high(SpoolEntry entry) {
        return entry.high;
    }

    @Override
    long low(SpoolEntry entry) {
        return entry.low;
    }

    @Override
    String text(SpoolEntry entry) {
        return entry.front;
    }

    @Nullable
    SpoolEntry get(HandoffId id) {
        return get(MailKey.high(id.transaction()), MailKey.low(id.transaction()), id.front());
    }
}
