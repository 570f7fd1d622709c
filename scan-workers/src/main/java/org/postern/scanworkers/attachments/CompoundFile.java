// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/// The storages and streams of a compound file, read where they lie. [MS-CFB].
///
/// Takes four octets of memory for each sector of the file; chains and trees that come back to where they were are
/// damaged.
final class CompoundFile {
    private static final int HEADER = 512;
    private static final int ENTRY = 128;
    private static final int IN_HEADER = 109;
    private static final int STORAGE = 1;
    private static final int STREAM = 2;
    private static final int ROOT = 5;
    private static final int MINI_SECTOR = 64;

    private final byte[] octets;
    private final int sector;
    private final int[] next;
    private final int[] nextMini;
    /// Where the entries of the directory stand.
    private final int[] entries;
    /// The sectors that hold the mini sectors.
    private final int[] mini;

    /// @throws IOException when it is damaged
    CompoundFile(byte[] octets) throws IOException {
        this.octets = octets;
        int shift = number(30, 2);
        if (octets.length < HEADER || (shift != 9 && shift != 12)) {
            throw new IOException("not the header of a compound file");
        }
        this.sector = 1 << shift;
        this.next = numbers(allocation());
        this.entries = entries(chain(number(48, 4), next));
        this.nextMini = numbers(chain(number(60, 4), next));
        this.mini = entries.length > 0 && octets[entries[0] + 66] == ROOT
                ? chain(number(entries[0] + 116, 4), next)
                : new int[0];
    }

    /// One stream or storage.
    ///
    /// @param name in lower case
    /// @param at where its entry stands
    record Entry(String name, boolean isStream, int at) {}

    /// What each storage holds, wherever in the tree that stands; every entry once.
    List<List<Entry>> storages() {
        List<List<Entry>> all = new ArrayList<>();
        BitSet seen = new BitSet(entries.length);
        for (int at : entries) {
            if (octets[at + 66] == STORAGE || octets[at + 66] == ROOT) {
                List<Entry> inside = siblings(number(at + 76, 4), seen);
                if (!inside.isEmpty()) {
                    all.add(inside);
                }
            }
        }
        return all;
    }

    private List<Entry> siblings(int first, BitSet seen) {
        List<Entry> found = new ArrayList<>();
        Deque<Integer> open = new ArrayDeque<>();
        open.push(first);
        while (!open.isEmpty()) {
            int index = open.pop();
            if (index < 0 || index >= entries.length || seen.get(index)) {
                continue;
            }
            seen.set(index);
            int at = entries[index];
            found.add(new Entry(name(at), octets[at + 66] == STREAM, at));
            open.push(number(at + 68, 4));
            open.push(number(at + 72, 4));
        }
        return found;
    }

    private String name(int at) {
        int length = Math.clamp(number(at + 64, 2) - 2L, 0, 62);
        return new String(octets, at, length, StandardCharsets.UTF_16LE).toLowerCase(Locale.ROOT);
    }

    /// The octets of a stream.
    ///
    /// @throws IOException when its chain is damaged
    InputStream open(Entry stream) throws IOException {
        int start = number(stream.at() + 116, 4);
        long size = number(stream.at() + 120, 4) & 0xffff_ffffL;
        boolean small = size < number(56, 4);
        int[] chain = size == 0 ? new int[0] : chain(start, small ? nextMini : next);
        return new Reader(chain, small ? MINI_SECTOR : sector, small, size);
    }

    /// The sectors with the table of chains: 109 are named in the header, the rest in a list of its own.
    private int[] allocation() throws IOException {
        int count = Math.min(number(44, 4), octets.length / sector);
        if (count < 0) {
            throw new IOException("a compound file with too many sectors");
        }
        int[] sectors = new int[count];
        int listed = 0;
        for (; listed < Math.min(count, IN_HEADER); listed++) {
            sectors[listed] = number(76 + 4 * listed, 4);
        }
        int perSector = sector / 4 - 1;
        for (int list = number(68, 4); listed < count; list = number(offset(list) + sector - 4, 4)) {
            for (int i = 0; i < perSector && listed < count; i++) {
                sectors[listed++] = number(offset(list) + 4 * i, 4);
            }
        }
        return sectors;
    }

    /// The numbers that stand in some sectors.
    private int[] numbers(int[] sectors) throws IOException {
        int[] numbers = new int[sectors.length * (sector / 4)];
        int n = 0;
        for (int each : sectors) {
            int start = offset(each);
            for (int i = 0; i < sector / 4; i++) {
                numbers[n++] = number(start + 4 * i, 4);
            }
        }
        return numbers;
    }

    private int[] entries(int[] sectors) throws IOException {
        int perSector = sector / ENTRY;
        int[] found = new int[sectors.length * perSector];
        for (int i = 0; i < found.length; i++) {
            found[i] = offset(sectors[i / perSector]) + i % perSector * ENTRY;
        }
        return found;
    }

    /// The sectors of a stream in their order.
    private static int[] chain(int first, int[] next) throws IOException {
        int[] chain = new int[Math.min(next.length, 16)];
        int length = 0;
        for (int at = first; at >= 0; at = next[at]) { // what marks an end is negative
            if (at >= next.length || length >= next.length) {
                throw new IOException("a chain of sectors that leads nowhere");
            }
            if (length == chain.length) {
                chain = Arrays.copyOf(chain, Math.min(next.length, 2 * length));
            }
            chain[length++] = at;
        }
        return Arrays.copyOf(chain, length);
    }

    /// Where a sector stands; all of it is in the file.
    private int offset(int number) throws IOException {
        long at = ((long) number + 1) * sector;
        if (number < 0 || at + sector > octets.length) {
            throw new IOException("a sector beyond the end of the file");
        }
        return (int) at;
    }

    private int number(int at, int length) {
        int number = 0;
        for (int i = length - 1; i >= 0; i--) {
            number = number << 8 | (at + i < octets.length ? octets[at + i] & 0xff : 0);
        }
        return number;
    }

    /// Reads sector by sector.
    private final class Reader extends InputStream {
        private final int[] chain;
        private final int unit;
        private final boolean small;
        private final long size;
        private long position;

        Reader(int[] chain, int unit, boolean small, long size) {
            this.chain = chain;
            this.unit = unit;
            this.small = small;
            this.size = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position >= size) {
                return -1;
            }
            int index = (int) (position / unit);
            if (index >= chain.length) {
                throw new IOException("a stream shorter than it says");
            }
            int within = (int) (position % unit);
            int n = (int) Math.min(Math.min(length, unit - within), size - position);
            int from = start(chain[index]) + within;
            // The last sector of a file need not be whole.
            if (from + n > octets.length) {
                throw new IOException("a sector beyond the end of the file");
            }
            System.arraycopy(octets, from, target, offset, n);
            position += n;
            return n;
        }

        private int start(int number) throws IOException {
            if (!small) {
                long at = ((long) number + 1) * sector;
                return (int) Math.min(at, octets.length);
            }
            long at = (long) number * MINI_SECTOR;
            int holder = (int) (at / sector);
            if (holder >= mini.length) {
                throw new IOException("a mini sector beyond the end of its stream");
            }
            return offset(mini[holder]) + (int) (at % sector);
        }
    }
}
