// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The files in a `winmail.dat`, as Exchange sends them. [MS-OXTNEF] section 2.1.3.
///
/// Never fails: a damaged one ends the list and is said to be damaged.
final class Tnef {
    private static final int FILES_MAX = 10_000;
    private static final int ATTRIBUTE_HEADER = 9;
    private static final int CHECKSUM = 2;
    private static final int ATTACH_REND_DATA = 0x00069002;
    private static final int ATTACH_TITLE = 0x00018010;
    private static final int ATTACH_DATA = 0x0006800f;

    private final List<Entry> entries = new ArrayList<>();
    private boolean damaged;

    private Tnef() {}

    /// One file.
    ///
    /// @param from where its data starts
    record Entry(String name, int from, int length) {}

    static Tnef of(byte[] octets) {
        Tnef tnef = new Tnef();
        String name = "";
        int at = 6; // signature and key
        while (at + ATTRIBUTE_HEADER <= octets.length && tnef.entries.size() < FILES_MAX) {
            int id = number(octets, at + 1);
            int length = number(octets, at + 5);
            int data = at + ATTRIBUTE_HEADER;
            if (length < 0 || length > octets.length - data) {
                tnef.damaged = true;
                return tnef;
            }
            switch (id) {
                case ATTACH_REND_DATA -> name = "";
                case ATTACH_TITLE ->
                    name = new String(octets, data, length, StandardCharsets.ISO_8859_1).replace("\0", "");
                case ATTACH_DATA -> tnef.entries.add(new Entry(name, data, length));
                default -> {} // the message itself, and what is said of the file
            }
            at = data + length + CHECKSUM;
        }
        return tnef;
    }

    List<Entry> entries() {
        return entries;
    }

    boolean damaged() {
        return damaged;
    }

    private static int number(byte[] octets, int at) {
        return (octets[at] & 0xff)
                | ((octets[at + 1] & 0xff) << 8)
                | ((octets[at + 2] & 0xff) << 16)
                | ((octets[at + 3] & 0xff) << 24);
    }
}
