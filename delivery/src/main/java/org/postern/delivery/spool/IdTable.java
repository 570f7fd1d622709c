// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;

/// Finds what is remembered of an id. Guarded by the lock of [DedupMemory].
///
/// @param <E> what is remembered
final class IdTable<E extends IdTable.Entry> extends CompactTable<E> {
    /// Something remembered of an id.
    static class Entry {
        private final long high;
        private final long low;
        private final String front;

        Entry(HandoffId id) {
            this.high = MailKey.high(id.transaction());
            this.low = MailKey.low(id.transaction());
            // Names of fronts are few.
            this.front = id.front().intern();
        }

        final HandoffId id() {
            return MailKey.id(front, high, low);
        }
    }

    @Override
    long high(E entry) {
        return ((Entry) entry).high;
    }

    @Override
    long low(E entry) {
        return ((Entry) entry).low;
    }

    @Override
    String text(E entry) {
        return ((Entry) entry).front;
    }

    @Nullable
    E get(HandoffId id) {
        return get(MailKey.high(id.transaction()), MailKey.low(id.transaction()), id.front());
    }
}
