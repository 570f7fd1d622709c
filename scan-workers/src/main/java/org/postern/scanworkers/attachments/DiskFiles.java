// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The files that were found in a disk image, whose file systems mostly show the same ones by different names; and
/// what looking for them may still cost.
final class DiskFiles {
    /// A file in more pieces is a damaged one.
    static final int EXTENTS_MAX = 16;

    private static final int STEPS_MAX = 20_000;
    private static final int STEP = 2_048;

    private final Map<List<Extent>, Entry> entries = new LinkedHashMap<>();
    private int steps;
    private boolean damaged;

    /// Where octets of a file stand.
    record Extent(int from, int length) {}

    /// One file; all that have no content are one.
    ///
    /// @param names all that lead to it, the last part of each
    record Entry(Set<String> names, List<Extent> extents) {}

    Collection<Entry> entries() {
        return entries.values();
    }

    void add(String name, List<Extent> extents) {
        entries.computeIfAbsent(List.copyOf(extents), where -> new Entry(new LinkedHashSet<>(), where))
                .names()
                .add(name);
    }

    /// Counts a record, or so many octets; false when it is enough.
    boolean step(long octets) {
        steps += 1 + (int) Math.min(STEPS_MAX, octets / STEP);
        damaged |= steps > STEPS_MAX;
        return steps <= STEPS_MAX;
    }

    /// Something was not understood, or reaches beyond the end.
    void damage() {
        damaged = true;
    }

    boolean damaged() {
        return damaged;
    }

    /// The octets of a block and what follows it, cut off at the end of the image.
    Extent extent(long from, long length, byte[] octets) {
        damaged |= from < 0 || from + length > octets.length;
        int start = Math.clamp(from, 0, octets.length);
        return new Extent(start, Math.clamp(length, 0, octets.length - start));
    }
}
