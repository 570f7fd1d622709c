// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The directories of a disk image, by every name that a system may show: those of ISO 9660, of Joliet, and of Rock
/// Ridge. ECMA-119 sections 8 and 9; Joliet Specification 1; SUSP 1.12 and RRIP 1.12 (only NM). A file system of UDF
/// beside it is not looked at.
///
/// Never fails: a damaged image ends the list and is said to be damaged.
final class IsoImage {
    private static final int SECTOR = 2_048;
    private static final int FIRST_DESCRIPTOR = 16;
    private static final int DESCRIPTORS_MAX = 64;
    /// Records and sectors of directories; there may be circles.
    private static final int STEPS_MAX = 20_000;
    private static final int EXTENTS_MAX = 16;
    private static final int RECORD = 33;
    private static final int IS_DIRECTORY = 2;
    private static final int GOES_ON = 0x80;

    private final byte[] octets;
    private final ByteBuffer numbers;
    private final Map<List<Extent>, Entry> entries = new LinkedHashMap<>();
    private final Set<Long> directories = new HashSet<>();
    private final Deque<Directory> waiting = new ArrayDeque<>();
    private int steps;
    private boolean udf;
    private boolean damaged;

    private IsoImage(byte[] octets) {
        this.octets = octets;
        this.numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Where octets of a file stand.
    record Extent(int from, int length) {}

    /// One file.
    ///
    /// @param names all that lead to it, the last part of each
    record Entry(Set<String> names, List<Extent> extents) {}

    private record Directory(long from, long length, int blockSize, Charset charset) {}

    /// Whether there is an image, whatever stands before its first descriptor: that is for the machine that starts
    /// from it, and may be a file of another kind.
    static boolean isOne(byte[] octets) {
        return octets.length > (FIRST_DESCRIPTOR + 1) * SECTOR && isDescriptor(octets, FIRST_DESCRIPTOR * SECTOR);
    }

    static IsoImage of(byte[] octets) {
        IsoImage image = new IsoImage(octets);
        image.descriptors();
        while (!image.waiting.isEmpty()) {
            try {
                image.directory(image.waiting.remove());
            } catch (IndexOutOfBoundsException e) {
                image.damaged = true;
            }
        }
        return image;
    }

    /// Files without any content are one file with many names.
    Collection<Entry> entries() {
        return entries.values();
    }

    /// Whether there is another file system that may hold other files.
    boolean udf() {
        return udf;
    }

    boolean damaged() {
        return damaged;
    }

    private static boolean isDescriptor(byte[] octets, int at) {
        return "CD001".equals(new String(octets, at + 1, 5, StandardCharsets.ISO_8859_1));
    }

    /// Systems disagree on where the descriptors end, so none of them ends the search.
    private void descriptors() {
        for (int i = 0; i < DESCRIPTORS_MAX; i++) {
            int at = (FIRST_DESCRIPTOR + i) * SECTOR;
            if (at + SECTOR > octets.length) {
                return;
            }
            udf |= new String(octets, at + 1, 4, StandardCharsets.ISO_8859_1).equals("NSR0");
            if (isDescriptor(octets, at) && (octets[at] == 1 || octets[at] == 2)) {
                boolean joliet = octets[at] == 2 && octets[at + 88] == '%' && octets[at + 89] == '/';
                Charset charset = joliet ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
                found(at + 156, Short.toUnsignedInt(numbers.getShort(at + 128)), charset);
            }
        }
    }

    private void found(int record, int blockSize, Charset charset) {
        Extent where = extent(record, blockSize);
        // The same directory under Joliet and without it reads differently.
        if (directories.add((long) where.from() << 1 | (charset.equals(StandardCharsets.UTF_16BE) ? 1 : 0))) {
            waiting.add(new Directory(where.from(), where.length(), blockSize, charset));
        }
    }

    /// ECMA-119 sections 9.1.2 to 9.1.4. What stands beyond the end of the image is cut off.
    private Extent extent(int record, int blockSize) {
        long block = Integer.toUnsignedLong(numbers.getInt(record + 2)) + (octets[record + 1] & 0xff);
        long from = block * blockSize;
        long length = Integer.toUnsignedLong(numbers.getInt(record + 10));
        damaged |= blockSize == 0 || from + length > octets.length;
        int start = (int) Math.min(from, octets.length);
        return new Extent(start, (int) Math.min(length, octets.length - start));
    }

    private void directory(Directory directory) {
        long end = directory.from() + directory.length();
        List<Extent> parts = new ArrayList<>();
        long at = directory.from();
        while (at < end) {
            if (++steps > STEPS_MAX) {
                damaged = true;
                waiting.clear();
                return;
            }
            int record = (int) at;
            int length = octets[record] & 0xff;
            if (length == 0) {
                at = directory.from() + ((at - directory.from()) / SECTOR + 1) * SECTOR;
                continue;
            }
            int nameLength = octets[record + 32] & 0xff;
            if (length < RECORD + nameLength) {
                damaged = true;
                return;
            }
            record(record, directory, parts);
            at += length;
        }
    }

    private void record(int record, Directory directory, List<Extent> parts) {
        int flags = octets[record + 25];
        int nameLength = octets[record + 32] & 0xff;
        if (nameLength == 1 && octets[record + RECORD] >= 0 && octets[record + RECORD] <= 1) {
            return; // the directory itself, and the one above
        }
        if ((flags & IS_DIRECTORY) != 0) {
            found(record, directory.blockSize(), directory.charset());
            return;
        }
        damaged |= octets[record + 26] != 0; // interleaved with another file, which nobody does
        parts.add(extent(record, directory.blockSize()));
        Entry entry = entries.computeIfAbsent(List.copyOf(parts), extents -> new Entry(new LinkedHashSet<>(), extents));
        damaged |= parts.size() == EXTENTS_MAX;
        if ((flags & GOES_ON) == 0 || parts.size() == EXTENTS_MAX) {
            parts.clear();
        }
        String name = new String(octets, record + RECORD, nameLength, directory.charset());
        int version = name.lastIndexOf(';');
        entry.names().add(version > 0 ? name.substring(0, version) : name);
        String other =
                alternateName(record + RECORD + nameLength + 1 - nameLength % 2, record + (octets[record] & 0xff));
        if (!other.isEmpty()) {
            entry.names().add(other);
        }
    }

    /// The name that systems with Rock Ridge show; empty where there is none. RRIP 1.12 section 4.1.4.
    private String alternateName(int from, int to) {
        StringBuilder name = new StringBuilder();
        int at = from;
        while (at + 5 <= to) {
            int length = octets[at + 2] & 0xff;
            if (length < 5 || at + length > to) {
                break;
            }
            if (octets[at] == 'N' && octets[at + 1] == 'M') {
                name.append(new String(octets, at + 5, length - 5, StandardCharsets.UTF_8));
            }
            at += length;
        }
        return name.toString();
    }
}
