// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The files in a `winmail.dat`, as Exchange sends them. [MS-OXTNEF] sections 2.1.3 and 2.1.3.4.
///
/// A file has a short name of its own and others among its properties, and they may stand before or behind its data:
/// every one counts. Never fails: a damaged one ends the list and is said to be damaged.
final class Tnef {
    private static final int FILES_MAX = 10_000;
    private static final int ATTRIBUTE_HEADER = 9;
    private static final int CHECKSUM = 2;
    private static final int ATTACH_REND_DATA = 0x00069002;
    private static final int ATTACH_TITLE = 0x00018010;
    private static final int ATTACH_DATA = 0x0006800f;
    private static final int ATTACH_PROPERTIES = 0x00069005;

    private final byte[] octets;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final List<Entry> data = new ArrayList<>();
    private String name = "";
    private boolean damaged;

    private Tnef(byte[] octets) {
        this.octets = octets;
    }

    /// One file.
    ///
    /// @param from where its data starts
    record Entry(String name, int from, int length) {}

    static Tnef of(byte[] octets) {
        Tnef tnef = new Tnef(octets);
        tnef.read();
        return tnef;
    }

    private void read() {
        int at = 6; // signature and key
        while (at + ATTRIBUTE_HEADER <= octets.length && entries.size() < FILES_MAX && !damaged) {
            int id = number(at + 1);
            int length = number(at + 5);
            int from = at + ATTRIBUTE_HEADER;
            if (length < 0 || length > octets.length - from) {
                damaged = true;
                break;
            }
            switch (id) {
                case ATTACH_REND_DATA -> finish();
                case ATTACH_TITLE -> named(new String(octets, from, length, StandardCharsets.ISO_8859_1));
                case ATTACH_DATA -> data.add(new Entry("", from, length));
                case ATTACH_PROPERTIES -> damaged |= !properties(from, from + length);
                default -> {} // the message itself, and what is said of the file
            }
            at = from + length + CHECKSUM;
        }
        damaged |= entries.size() >= FILES_MAX;
        finish();
    }

    private void finish() {
        data.forEach(file -> entries.add(new Entry(name, file.from(), file.length())));
        data.clear();
        name = "";
    }

    private void named(String written) {
        int nul = written.indexOf('\0');
        name = nul < 0 ? written : written.substring(0, nul);
        names.add(written.replace("\0", ""));
        names.add(name);
    }

    private boolean properties(int from, int to) {
        MapiProperties properties = MapiProperties.of(octets, from, to);
        properties.names().forEach(this::named);
        properties.files().forEach(file -> data.add(new Entry("", file.from(), file.length())));
        return !properties.damaged();
    }

    List<Entry> entries() {
        return entries;
    }

    /// Every name of every file.
    Set<String> names() {
        return names;
    }

    boolean damaged() {
        return damaged;
    }

    private int number(int at) {
        return (octets[at] & 0xff)
                | ((octets[at + 1] & 0xff) << 8)
                | ((octets[at + 2] & 0xff) << 16)
                | ((octets[at + 3] & 0xff) << 24);
    }
}
