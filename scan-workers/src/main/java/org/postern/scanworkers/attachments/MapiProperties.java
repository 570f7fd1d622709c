// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the properties of an attachment in a `winmail.dat` say of names and content. [MS-OXTNEF] section 2.1.3.4,
/// [MS-OXCMSG] section 2.2.2.
///
/// Never fails: a damaged list ends, and is said to be damaged.
final class MapiProperties {
    private static final int DISPLAY_NAME = 0x3001;
    private static final int ATTACH_DATA = 0x3701;
    private static final int ATTACH_EXTENSION = 0x3703;
    private static final int ATTACH_FILE_NAME = 0x3704;
    private static final int ATTACH_LONG_FILE_NAME = 0x3707;
    private static final int NAMED = 0x8000;
    private static final int MANY = 0x1000;
    private static final int STRING = 0x1e;
    private static final int UNICODE_STRING = 0x1f;
    private static final int OBJECT = 0x0d;
    private static final int BINARY = 0x102;
    private static final int INTERFACE_ID = 16;

    private final byte[] octets;
    private final int to;
    private final List<String> names = new ArrayList<>();
    private final List<Tnef.Entry> files = new ArrayList<>();
    private boolean damaged;
    private int at;

    private MapiProperties(byte[] octets, int from, int to) {
        this.octets = octets;
        this.at = from;
        this.to = to;
    }

    static MapiProperties of(byte[] octets, int from, int to) {
        MapiProperties properties = new MapiProperties(octets, from, to);
        try {
            int count = properties.number();
            for (int i = 0; i < count && properties.at < to; i++) {
                properties.property();
            }
        } catch (IndexOutOfBoundsException e) {
            properties.damaged = true;
        }
        return properties;
    }

    List<String> names() {
        return names;
    }

    /// Data that stands here; that of a message in the message is a `winmail.dat` again.
    List<Tnef.Entry> files() {
        return files;
    }

    boolean damaged() {
        return damaged;
    }

    private void property() {
        int typeAndId = number();
        int type = typeAndId & 0xffff;
        int id = typeAndId >>> 16;
        if (id >= NAMED) {
            skip(INTERFACE_ID);
            boolean byName = number() != 0;
            int numberOrLength = number();
            if (byName) {
                skip(padded(numberOrLength));
            }
        }
        int one = type & ~MANY;
        if (one == STRING || one == UNICODE_STRING || one == OBJECT || one == BINARY) {
            int count = number();
            for (int i = 0; i < count; i++) {
                int length = number();
                int from = at;
                skip(padded(length));
                value(id, one, from, length);
            }
        } else {
            int count = type == one ? 1 : number();
            for (int i = 0; i < count; i++) {
                skip(size(one));
            }
        }
    }

    private void value(int id, int type, int from, int length) {
        switch (id) {
            case DISPLAY_NAME, ATTACH_EXTENSION, ATTACH_FILE_NAME, ATTACH_LONG_FILE_NAME -> {
                Charset charset = type == UNICODE_STRING ? StandardCharsets.UTF_16LE : StandardCharsets.ISO_8859_1;
                names.add(new String(octets, from, length, charset));
            }
            case ATTACH_DATA -> {
                int before = type == OBJECT ? Math.min(INTERFACE_ID, length) : 0;
                files.add(new Tnef.Entry("", from + before, length - before));
            }
            default -> {} // nothing of a name or content
        }
    }

    private static int size(int type) {
        return switch (type) {
            case 0x02, 0x03, 0x04, 0x0a, 0x0b -> 4;
            case 0x05, 0x06, 0x07, 0x14, 0x40 -> 8;
            case 0x48 -> 16;
            default -> throw new IndexOutOfBoundsException("no type of a property: " + type);
        };
    }

    private static int padded(int length) {
        if (length < 0 || length > Integer.MAX_VALUE - 3) {
            throw new IndexOutOfBoundsException("a length of " + length);
        }
        return (length + 3) & ~3;
    }

    private void skip(int count) {
        if (count > to - at) {
            throw new IndexOutOfBoundsException("the list ends in the middle");
        }
        at += count;
    }

    private int number() {
        int from = at;
        skip(4);
        return (octets[from] & 0xff)
                | ((octets[from + 1] & 0xff) << 8)
                | ((octets[from + 2] & 0xff) << 16)
                | ((octets[from + 3] & 0xff) << 24);
    }
}
