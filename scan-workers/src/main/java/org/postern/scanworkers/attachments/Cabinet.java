// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The headers of a cabinet: its files and the folders that hold their octets. [MS-CAB] section 2.
///
/// Never fails: a damaged cabinet ends the list and is said to be damaged.
final class Cabinet {
    private static final int HEADER = 36;
    private static final int FILE_HEADER = 16;
    private static final int NAME_OCTETS_MAX = 256;
    private static final int RESERVE_PRESENT = 4;
    private static final int NAME_IS_UTF = 0x80;

    private final byte[] octets;
    private final ByteBuffer numbers;
    private final List<Folder> folders = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private boolean damaged;

    private Cabinet(byte[] octets) {
        this.octets = octets;
        this.numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The files that are packed together.
    ///
    /// @param from where the first block starts
    /// @param blocks how many there are
    /// @param packing 0 for none, 1 for MSZIP, 2 for Quantum, 3 for LZX
    /// @param reserve octets in the header of each block that mean nothing
    record Folder(long from, int blocks, int packing, int reserve) {
        boolean opened() {
            return packing == 0 || packing == 1;
        }
    }

    /// One file.
    ///
    /// @param folder its number; one that does not exist where the file goes on in another cabinet
    /// @param offset where it starts in what the folder unpacks to
    record Entry(String name, int folder, long offset, long size) {}

    static Cabinet of(byte[] octets) {
        Cabinet cabinet = new Cabinet(octets);
        try {
            cabinet.read();
        } catch (IndexOutOfBoundsException e) {
            cabinet.damaged = true;
        }
        return cabinet;
    }

    /// Every file that has a header: up to 65,535.
    List<Entry> entries() {
        return entries;
    }

    List<Folder> folders() {
        return folders;
    }

    boolean damaged() {
        return damaged;
    }

    private void read() {
        long filesAt = unsigned4(16);
        int folderCount = unsigned2(26);
        int fileCount = unsigned2(28);
        int flags = unsigned2(30);
        int at = HEADER;
        int folderReserve = 0;
        int blockReserve = 0;
        if ((flags & RESERVE_PRESENT) != 0) {
            folderReserve = octets[at + 2] & 0xff;
            blockReserve = octets[at + 3] & 0xff;
            at += 4 + unsigned2(at);
        }
        // The names of the cabinet and the disk before this one, and of those behind it.
        for (int texts = 2 * Integer.bitCount(flags & 3); texts > 0; texts--) {
            at = endOfText(at) + 1;
        }
        files(filesAt, fileCount);
        for (int i = 0; i < folderCount; i++) {
            folders.add(new Folder(unsigned4(at), unsigned2(at + 4), unsigned2(at + 6) & 0xf, blockReserve));
            at += 8 + folderReserve;
        }
    }

    private void files(long from, int count) {
        int at = (int) Math.min(from, octets.length);
        for (int i = 0; i < count; i++) {
            int nameAt = at + FILE_HEADER;
            int end = endOfText(nameAt);
            boolean utf8 = (unsigned2(at + 14) & NAME_IS_UTF) != 0;
            String name = new String(
                    octets, nameAt, end - nameAt, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
            entries.add(new Entry(name, unsigned2(at + 8), unsigned4(at + 4), unsigned4(at)));
            at = end + 1;
        }
    }

    private int endOfText(int from) {
        int end = from;
        while (octets[end] != 0) {
            if (++end - from > NAME_OCTETS_MAX) {
                throw new IndexOutOfBoundsException("a name without end");
            }
        }
        return end;
    }

    private int unsigned2(int at) {
        return Short.toUnsignedInt(numbers.getShort(at));
    }

    private long unsigned4(int at) {
        return Integer.toUnsignedLong(numbers.getInt(at));
    }
}
