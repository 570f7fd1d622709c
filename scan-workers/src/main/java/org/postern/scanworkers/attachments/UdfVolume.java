// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A logical volume of UDF in a disk image: where its blocks stand. ECMA-167 part 3. Partitions that are mapped to
/// other places (UDF 2.60 sections 2.2.8 to 2.2.10), as on disks that are written bit by bit, are not followed.
final class UdfVolume {
    private static final int[] SECTORS = {2_048, 512, 4_096};
    private static final int ANCHOR = 256;
    private static final int DESCRIPTORS_MAX = 64;
    private static final int FILE_SET = 256;

    private final ByteBuffer disk;
    /// Where the partitions start, in the order in which the volume numbers them; behind the end where that is unknown.
    private final List<Long> partitions = new ArrayList<>();
    private final long blockSize;
    private final Place root;

    /// A block of the volume.
    ///
    /// @param partition the one it is in, and what is said there without naming one
    record Place(long at, int partition) {}

    private UdfVolume(ByteBuffer disk, int descriptor, Map<Integer, Long> known) {
        this.disk = disk;
        this.blockSize = four(disk, descriptor + 212);
        int map = descriptor + 440;
        for (long i = Math.min(four(disk, descriptor + 268), DESCRIPTORS_MAX); i > 0; i--) {
            boolean plain = disk.get(map) == 1;
            long start = plain ? known.getOrDefault(two(disk, map + 4), (long) disk.limit()) : disk.limit();
            partitions.add(start);
            map += Math.max(6, disk.get(map + 1) & 0xff);
        }
        int fileSet = inside(place(disk, descriptor + 248));
        if (two(disk, fileSet) != FILE_SET) {
            throw new IndexOutOfBoundsException("no file set");
        }
        this.root = place(disk, fileSet + 400);
    }

    /// All volumes of an image, whatever the size of its sectors.
    ///
    /// @param files told when one is not understood, or there is none
    static List<UdfVolume> of(byte[] octets, DiskFiles files) {
        ByteBuffer disk = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        List<UdfVolume> volumes = new ArrayList<>();
        for (int sector : SECTORS) {
            int anchor = ANCHOR * sector;
            if (anchor + sector <= octets.length && two(disk, anchor) == 2 && four(disk, anchor + 12) == ANCHOR) {
                try {
                    read(disk, sector, anchor, volumes);
                } catch (IndexOutOfBoundsException e) {
                    files.damage();
                }
            }
        }
        if (volumes.isEmpty()) {
            files.damage();
        }
        return volumes;
    }

    /// What stands in the sequence of descriptors. ECMA-167 3/8.4.2 and 3/10.
    private static void read(ByteBuffer disk, int sector, int anchor, List<UdfVolume> volumes) {
        Map<Integer, Long> known = new HashMap<>();
        List<Integer> logical = new ArrayList<>();
        long from = four(disk, anchor + 20) * sector;
        long end = from + Math.min(four(disk, anchor + 16), (long) DESCRIPTORS_MAX * sector);
        for (long next = from; next < end; next += sector) {
            int at = (int) Math.min(next, disk.limit());
            switch (two(disk, at)) {
                case 5 -> {
                    Long other = known.put(two(disk, at + 22), four(disk, at + 188) * sector);
                    if (other != null) {
                        throw new IndexOutOfBoundsException("a partition in two places");
                    }
                }
                case 6 -> logical.add(at);
                case 8 -> end = next;
                default -> {} // what is said of the volume
            }
        }
        logical.forEach(descriptor -> volumes.add(new UdfVolume(disk, descriptor, known)));
    }

    /// The file entry of the topmost directory.
    Place root() {
        return root;
    }

    /// What a long allocation descriptor points to. ECMA-167 4/14.14.2.
    Place place(ByteBuffer from, int at) {
        int partition = two(from, at + 8);
        return new Place(block(four(from, at + 4), partition), partition);
    }

    /// Where a block of a partition stands; behind the end where there is none.
    long block(long number, int partition) {
        return partition < partitions.size() ? partitions.get(partition) + number * blockSize : disk.limit();
    }

    private int inside(Place place) {
        return Math.clamp(place.at(), 0, disk.limit());
    }

    static int two(ByteBuffer from, int at) {
        return Short.toUnsignedInt(from.getShort(at));
    }

    static long four(ByteBuffer from, int at) {
        return Integer.toUnsignedLong(from.getInt(at));
    }
}
