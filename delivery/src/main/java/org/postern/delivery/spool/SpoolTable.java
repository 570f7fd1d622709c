// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;

/// Finds entries by id: a hash table with open addressing, which costs two references a mail where a `HashMap` costs
/// an object more. Guarded by the lock of [SpoolIndex].
final class SpoolTable {
    private static final int CAPACITY_MIN = 64;

    private @Nullable SpoolEntry[] slots = new SpoolEntry[CAPACITY_MIN];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    SpoolEntry get(HandoffId id) {
        return slots[find(MailKey.high(id.transaction()), MailKey.low(id.transaction()), id.front())];
    }

    /// Adds an entry; false where there is one of this id.
    boolean add(SpoolEntry entry) {
        if (2 * (size + 1) > slots.length) {
            resize();
        }
        int at = find(entry.high, entry.low, entry.front);
        if (slots[at] != null) {
            return false;
        }
        slots[at] = entry;
        size++;
        return true;
    }

    void remove(SpoolEntry entry) {
        int hole = find(entry.high, entry.low, entry.front);
        if (slots[hole] == null) {
            return;
        }
        size--;
        int mask = slots.length - 1;
        slots[hole] = null;
        // What stands behind may have been pushed there by what was taken away.
        for (int at = (hole + 1) & mask; slots[at] != null; at = (at + 1) & mask) {
            SpoolEntry moved = slots[at];
            int home = home(moved.low, moved.high);
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                slots[hole] = moved;
                slots[at] = null;
                hole = at;
            }
        }
    }

    void forEach(Consumer<SpoolEntry> action) {
        for (SpoolEntry entry : slots) {
            if (entry != null) {
                action.accept(entry);
            }
        }
    }

    private int home(long low, long high) {
        // The last digits of an id are random; fronts and releases of the same transaction share a chain.
        long mixed = (low ^ high * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed >>> 32) & (slots.length - 1);
    }

    /// The slot of this id, or the empty one where it would go.
    private int find(long high, long low, String front) {
        int mask = slots.length - 1;
        int at = home(low, high);
        while (true) {
            SpoolEntry entry = slots[at];
            if (entry == null || entry.is(high, low, front)) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    private void resize() {
        @Nullable SpoolEntry[] old = slots;
        slots = new SpoolEntry[2 * old.length];
        for (SpoolEntry entry : old) {
            if (entry != null) {
                slots[find(entry.high, entry.low, entry.front)] = entry;
            }
        }
    }
}
