// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.postern.scanworkers.attachments.DiskFiles.Extent;

/// The directories of ISO 9660 in a disk image, by every name that a system may show: its own, those of Joliet, and
/// those of Rock Ridge. ECMA-119 sections 8 and 9; Joliet Specification 1; SUSP 1.12 and RRIP 1.12 (only NM).
///
/// Never fails: what is not understood ends a list, and the image is said to be damaged.
final class IsoImage {
    private static final int SECTOR = 2_048;
    private static final int FIRST_DESCRIPTOR = 16 * SECTOR;
    private static final int DESCRIPTORS_MAX = 64;
    private static final int RECORD = 33;
    private static final int IS_DIRECTORY = 2;
    private static final int GOES_ON = 0x80;

    private final byte[] octets;
    private final ByteBuffer numbers;
    private final DiskFiles files;
    private final Set<Directory> directories = new HashSet<>();
    private final Deque<Directory> waiting = new ArrayDeque<>();

    private IsoImage(byte[] octets, DiskFiles files) {
        this.octets = octets;
        this.numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        this.files = files;
    }

    /// One directory reads differently under Joliet and without it.
    private record Directory(Extent where, int blockSize, Charset charset) {}

    static void read(byte[] octets, DiskFiles files) {
        IsoImage image = new IsoImage(octets, files);
        image.descriptors();
        while (!image.waiting.isEmpty()) {
            try {
                image.directory(image.waiting.remove());
            } catch (IndexOutOfBoundsException e) {
                files.damage();
            }
        }
    }

    /// Whether one of the descriptors of an image begins like that. Systems disagree on where they end, so none of
    /// them ends the search. ECMA-119 section 8.1, ECMA-167 2/9.1.
    static boolean hasDescriptor(byte[] octets, String identifier) {
        return IntStream.range(0, DESCRIPTORS_MAX)
                .anyMatch(i -> isDescriptor(octets, FIRST_DESCRIPTOR + i * SECTOR, identifier));
    }

    private static boolean isDescriptor(byte[] octets, int at, String identifier) {
        return at + SECTOR <= octets.length
                && new String(octets, at + 1, identifier.length(), StandardCharsets.ISO_8859_1).equals(identifier);
    }

    private void descriptors() {
        for (int i = 0; i < DESCRIPTORS_MAX; i++) {
            int at = FIRST_DESCRIPTOR + i * SECTOR;
            if (isDescriptor(octets, at, "CD001") && (octets[at] == 1 || octets[at] == 2)) {
                boolean joliet = octets[at] == 2 && octets[at + 88] == '%' && octets[at + 89] == '/';
                Charset charset = joliet ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
                found(at + 156, Short.toUnsignedInt(numbers.getShort(at + 128)), charset);
            }
        }
    }

    private void found(int record, int blockSize, Charset charset) {
        Directory directory = new Directory(extent(record, blockSize), blockSize, charset);
        if (directories.add(directory)) {
            waiting.add(directory);
        }
    }

    /// ECMA-119 sections 9.1.2 to 9.1.4.
    private Extent extent(int record, int blockSize) {
        long block = Integer.toUnsignedLong(numbers.getInt(record + 2)) + (octets[record + 1] & 0xff);
        return files.extent(block * blockSize, Integer.toUnsignedLong(numbers.getInt(record + 10)), octets);
    }

    private void directory(Directory directory) {
        int from = directory.where().from();
        int end = from + directory.where().length();
        List<Extent> parts = new ArrayList<>();
        int at = from;
        while (at < end) {
            if (!files.step(0)) {
                waiting.clear();
                return;
            }
            int length = octets[at] & 0xff;
            if (length == 0) {
                at = from + ((at - from) / SECTOR + 1) * SECTOR;
                continue;
            }
            if (length < RECORD + (octets[at + 32] & 0xff)) {
                files.damage();
                return;
            }
            record(at, directory, parts);
            at += length;
        }
    }

    /// @param parts of a file in several, that came before
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
        if (octets[record + 26] != 0 || parts.size() == DiskFiles.EXTENTS_MAX) {
            files.damage(); // interleaved with another file, which nobody does
            parts.clear();
        }
        parts.add(extent(record, directory.blockSize()));
        String name = new String(octets, record + RECORD, nameLength, directory.charset());
        int version = name.lastIndexOf(';');
        files.add(version > 0 ? name.substring(0, version) : name, parts);
        int system = record + RECORD + nameLength + 1 - nameLength % 2;
        String other = alternateName(system, record + (octets[record] & 0xff));
        if (!other.isEmpty()) {
            files.add(other, parts);
        }
        if ((flags & GOES_ON) == 0) {
            parts.clear();
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
