// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds entries by a key of 128 bits and a text that they hold themselves: a hash table with open addressing. It costs
/// two references an entry, where a `HashMap` costs an object more and a key of its own. Not safe for threads.
///
/// @param <E> the entries; equal keys mean the same entry
abstract class CompactTable<E> {
    private static final int CAPACITY_MIN = 64;

    private @Nullable Object[] slots = new Object[CAPACITY_MIN];
    private int size;

    abstract long high(E entry);

    abstract long low(E entry);

    abstract String text(E entry);

    final int size() {
        return size;
    }

    final @Nullable E get(long high, long low, String text) {
        return at(find(high, low, text));
    }

    @SuppressWarnings("unchecked") // only entries are put in
    private @Nullable E at(int slot) {
        return (E) slots[slot];
    }

    /// Adds an entry; false where there is one of this key.
    final boolean add(E entry) {
        if (2 * (size + 1) > slots.length) {
            resize();
        }
        int at = find(high(entry), low(entry), text(entry));
        if (slots[at] != null) {
            return false;
        }
        slots[at] = entry;
        size++;
        return true;
    }

    /// Removes the entry of this one's key.
    final void remove(E entry) {
        int hole = find(high(entry), low(entry), text(entry));
        if (slots[hole] == null) {
            return;
        }
        size--;
        slots[hole] = null;
        int mask = slots.length - 1;
        int at = (hole + 1) & mask;
        for (E moved = at(at); moved != null; moved = at(at)) {
            // What stands behind may have been pushed there by what was taken away.
            int home = home(high(moved), low(moved));
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                slots[hole] = moved;
                slots[at] = null;
                hole = at;
            }
            at = (at + 1) & mask;
        }
    }

    final void forEach(Consumer<E> action) {
        for (int i = 0; i < slots.length; i++) {
            E entry = at(i);
            if (entry != null) {
                action.accept(entry);
            }
        }
    }

    /// Removes what fits and returns it.
    final List<E> removeIf(Predicate<E> unwanted) {
        List<E> gone = new ArrayList<>();
        forEach(entry -> {
            if (unwanted.test(entry)) {
                gone.add(entry);
            }
        });
        gone.forEach(this::remove);
        return gone;
    }

    final void clear() {
        slots = new Object[CAPACITY_MIN];
        size = 0;
    }

    private int home(long high, long low) {
        // The last digits of an id are random; ids of one transaction share a chain.
        long mixed = (low ^ high * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed >>> 32) & (slots.length - 1);
    }

    /// The slot of this key, or the empty one where it would go.
    private int find(long high, long low, String text) {
        int mask = slots.length - 1;
        int at = home(high, low);
        for (E entry = at(at); entry != null; entry = at(at)) {
            if (low(entry) == low && high(entry) == high && text(entry).equals(text)) {
                return at;
            }
            at = (at + 1) & mask;
        }
        return at;
    }

    private void resize() {
        @Nullable Object[] old = slots;
        slots = new Object[2 * old.length];
        for (Object each : old) {
            if (each != null) {
                @SuppressWarnings("unchecked") // only entries are put in
                E entry = (E) each;
                slots[find(high(entry), low(entry), text(entry))] = entry;
            }
        }
    }
}
