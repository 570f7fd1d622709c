// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Entries by when they are due: a binary heap whose entries know their place, so that one can be moved or taken out
/// without a search. Guarded by the lock of [SpoolIndex].
final class DueHeap {
    private @Nullable SpoolEntry[] heap = new SpoolEntry[64];
    private int size;

    @Nullable
    SpoolEntry first() {
        return heap[0];
    }

    /// Puts an entry where its time belongs, whether it was here or not.
    void put(SpoolEntry entry) {
        if (entry.place < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            set(size++, entry);
        }
        up(entry);
        down(entry);
    }

    void remove(SpoolEntry entry) {
        int hole = entry.place;
        if (hole < 0) {
            return;
        }
        entry.place = -1;
        SpoolEntry last = at(--size);
        heap[size] = null;
        if (last != entry) {
            set(hole, last);
            up(last);
            down(last);
        }
    }

    private void up(SpoolEntry entry) {
        while (entry.place > 0) {
            SpoolEntry parent = at((entry.place - 1) / 2);
            if (parent.dueMillis <= entry.dueMillis) {
                return;
            }
            swap(parent, entry);
        }
    }

    private void down(SpoolEntry entry) {
        while (2 * entry.place + 1 < size) {
            SpoolEntry child = at(2 * entry.place + 1);
            if (2 * entry.place + 2 < size && at(2 * entry.place + 2).dueMillis < child.dueMillis) {
                child = at(2 * entry.place + 2);
            }
            if (entry.dueMillis <= child.dueMillis) {
                return;
            }
            swap(entry, child);
        }
    }

    private void swap(SpoolEntry one, SpoolEntry other) {
        int place = one.place;
        set(other.place, one);
        set(place, other);
    }

    private void set(int place, SpoolEntry entry) {
        heap[place] = entry;
        entry.place = place;
    }

    private SpoolEntry at(int place) {
        return java.util.Objects.requireNonNull(heap[place]);
    }
}
