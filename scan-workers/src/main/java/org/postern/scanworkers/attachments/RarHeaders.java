// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The file headers of a RAR archive of version 1.5 to 7. Files that are stored without compression can be looked at;
/// no free library unpacks the others, so they stay unseen and are said to be.
///
/// Never fails: a damaged archive ends the list and is said to be damaged.
final class RarHeaders {
    private static final int FILES_MAX = 10_000;

    private final byte[] octets;
    private final List<Entry> entries = new ArrayList<>();
    private boolean encrypted;
    private boolean damaged;
    private long at;

    /// One file.
    ///
    /// @param names one, or two of which programs show one
    /// @param stored whether its octets stand in the archive as they are
    /// @param from where its data starts
    record Entry(List<String> names, boolean stored, int from, int to) {}

    private RarHeaders(byte[] octets) {
        this.octets = octets;
    }

    static RarHeaders of(byte[] octets) {
        RarHeaders headers = new RarHeaders(octets);
        boolean five = octets.length > 7 && octets[6] == 1;
        headers.at = five ? 8 : 7;
        try {
            while (headers.at < octets.length && headers.entries.size() < FILES_MAX && !headers.damaged) {
                boolean more = five ? headers.block5() : headers.block4();
                if (!more) {
                    break;
                }
            }
        } catch (IndexOutOfBoundsException e) {
            headers.damaged = true;
        }
        headers.damaged |= headers.entries.size() == FILES_MAX;
        return headers;
    }

    List<Entry> entries() {
        return entries;
    }

    /// Whether the names or a file are encrypted.
    boolean encrypted() {
        return encrypted;
    }

    boolean damaged() {
        return damaged;
    }

    /// A block of version 1.5 to 4; false at the end.
    private boolean block4() {
        int start = Math.toIntExact(at);
        int type = octets[start + 2] & 0xff;
        int flags = number(start + 3, 2);
        int size = number(start + 5, 2);
        long data = (flags & 0x8000) != 0 ? number4(start + 7) : 0;
        if (size < 7) {
            damaged = true;
            return false;
        }
        if (type == 0x73 && (flags & 0x80) != 0) {
            encrypted = true; // everything that follows, names included
            return false;
        }
        if (type == 0x74) {
            boolean large = (flags & 0x100) != 0;
            data = number4(start + 7) | (large ? number4(start + 32) << 32 : 0);
            int nameLength = number(start + 26, 2);
            int nameAt = start + 32 + (large ? 8 : 0);
            boolean secret = (flags & 4) != 0;
            encrypted |= secret;
            List<String> names = RarName.of(octets, nameAt, nameAt + nameLength, (flags & 0x200) != 0);
            add(names, octets[start + 25] == 0x30 && !secret, start + size, data);
        }
        at = start + (long) size + data;
        return type != 0x7b && data >= 0;
    }

    /// A block of version 5 and later; false at the end.
    private boolean block5() {
        at += 4; // the checksum
        long size = vint();
        int start = Math.toIntExact(at);
        long type = vint();
        long flags = vint();
        long extra = (flags & 1) != 0 ? vint() : 0;
        long data = (flags & 2) != 0 ? vint() : 0;
        if (size <= 0 || size > octets.length || data < 0 || extra < 0 || extra > size) {
            damaged = true;
            return false;
        }
        if (type == 4) {
            encrypted = true; // everything that follows, names included
            return false;
        }
        if (type == 2) {
            long fileFlags = vint();
            vint(); // unpacked size
            vint(); // attributes
            at += ((fileFlags & 2) != 0 ? 4 : 0) + ((fileFlags & 4) != 0 ? 4 : 0);
            long compression = vint();
            vint(); // system
            int length = Math.toIntExact(vint());
            String name = new String(octets, Math.toIntExact(at), length, StandardCharsets.UTF_8);
            boolean secret = isEncrypted(start + size - extra, start + size);
            encrypted |= secret;
            add(List.of(name), ((compression >> 7) & 7) == 0 && !secret, start + size, data);
        }
        at = start + size + data;
        return type != 5;
    }

    /// Whether there is a file encryption record among the extra ones.
    private boolean isEncrypted(long from, long to) {
        at = from;
        while (at < to) {
            long size = vint();
            long next = at + size;
            if (vint() == 1) {
                return true;
            }
            if (size <= 0) {
                return false;
            }
            at = next;
        }
        return false;
    }

    private void add(List<String> names, boolean stored, long from, long data) {
        long to = Math.min(octets.length, from + Math.max(0, data));
        entries.add(new Entry(names, stored && from <= to, (int) Math.min(from, octets.length), (int) to));
        damaged |= from + data > octets.length;
    }

    private long vint() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int octet = octets[Math.toIntExact(at++)];
            value |= (long) (octet & 0x7f) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number without end");
    }

    private int number(int from, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value |= (octets[from + i] & 0xff) << (8 * i);
        }
        return value;
    }

    private long number4(int from) {
        return number(from, 4) & 0xffff_ffffL;
    }
}
