// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.postern.scanworkers.attachments.UdfVolume.four;
import static org.postern.scanworkers.attachments.UdfVolume.two;

import java.io.ByteArrayOutputStream;
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
import org.postern.scanworkers.attachments.DiskFiles.Extent;
import org.postern.scanworkers.attachments.UdfVolume.Place;

/// The directories of UDF in a disk image. ECMA-167 part 4; UDF 2.60 section 2.1.1 (names).
///
/// Never fails: what is not understood ends a list, and the image is said to be damaged.
final class UdfImage {
    private static final int IS_DIRECTORY = 2;
    private static final int IS_DELETED = 4;
    private static final int IS_PARENT = 8;

    private final byte[] octets;
    private final ByteBuffer disk;
    private final UdfVolume volume;
    private final DiskFiles files;
    private final Set<Place> directories = new HashSet<>();
    private final Deque<Place> waiting = new ArrayDeque<>();

    private UdfImage(byte[] octets, UdfVolume volume, DiskFiles files) {
        this.octets = octets;
        this.disk = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        this.volume = volume;
        this.files = files;
    }

    /// Reads an image that is known to have such a file system.
    static void read(byte[] octets, DiskFiles files) {
        for (UdfVolume volume : UdfVolume.of(octets, files)) {
            UdfImage image = new UdfImage(octets, volume, files);
            image.found(volume.root());
            while (!image.waiting.isEmpty()) {
                image.directory(image.content(image.waiting.remove()));
            }
        }
    }

    private void found(Place directory) {
        if (directories.add(directory)) {
            waiting.add(directory);
        }
    }

    private List<Extent> content(Place entry) {
        try {
            return extents(entry);
        } catch (IndexOutOfBoundsException e) {
            files.damage();
            return List.of();
        }
    }

    /// The extents of a file entry. ECMA-167 4/14.9 and 4/14.17.
    private List<Extent> extents(Place place) {
        int entry = inside(place.at());
        int tag = two(disk, entry);
        if (tag != 261 && tag != 266) {
            throw new IndexOutOfBoundsException("no file entry");
        }
        int lengths = entry + (tag == 261 ? 168 : 208);
        long at = lengths + 8 + four(disk, lengths);
        long end = at + four(disk, lengths + 4);
        int kind = octets[entry + 34] & 7;
        if (kind == 3) {
            return List.of(files.extent(at, end - at, octets)); // the octets themselves
        }
        int size = kind == 0 ? 8 : 16;
        List<Extent> extents = new ArrayList<>();
        for (long left = disk.getLong(entry + 56); left > 0 && at + size <= end; at += size) {
            long length = four(disk, inside(at));
            if (length == 0) {
                break;
            }
            if (length > 0x3fff_ffff || extents.size() == DiskFiles.EXTENTS_MAX || kind > 1) {
                files.damage(); // never written, or the list goes on elsewhere
                break;
            }
            long from = kind == 0
                    ? volume.block(four(disk, inside(at) + 4), place.partition())
                    : volume.place(disk, inside(at)).at();
            extents.add(files.extent(from, Math.min(left, length), octets));
            left -= length;
        }
        return extents;
    }

    private void directory(List<Extent> extents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Extent extent : extents) {
            if (!files.step(extent.length())) {
                return;
            }
            all.write(octets, extent.from(), extent.length());
        }
        try {
            records(ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IndexOutOfBoundsException e) {
            files.damage();
        }
    }

    /// ECMA-167 4/14.4.
    private void records(ByteBuffer records) {
        int at = 0;
        while (at < records.limit() && two(records, at) == 257 && files.step(0)) {
            int flags = records.get(at + 18);
            int name = at + 38 + two(records, at + 36);
            int end = name + (records.get(at + 19) & 0xff);
            if ((flags & (IS_PARENT | IS_DELETED)) == 0) {
                Place entry = volume.place(records, at + 20);
                if ((flags & IS_DIRECTORY) != 0) {
                    found(entry);
                } else {
                    files.add(name(records, name, end), content(entry));
                }
            }
            at = (end + 3) / 4 * 4;
        }
        if (at < records.limit()) {
            files.damage();
        }
    }

    /// The first octet tells the width of the characters. UDF 2.60 section 2.1.1.
    private static String name(ByteBuffer records, int from, int to) {
        if (to - from < 2) {
            return "";
        }
        Charset charset = records.get(from) == 16 ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
        return charset.decode(records.slice(from + 1, to - from - 1)).toString();
    }

    private int inside(long at) {
        return Math.clamp(at, 0, octets.length);
    }
}
