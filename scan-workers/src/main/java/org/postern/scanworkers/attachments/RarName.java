// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A name in a RAR archive of version 1.5 to 4: octets of some old character set, and behind a zero the same name in a
/// compressed form of UTF-16, which is what programs show. Nothing makes the two agree, so both count.
final class RarName {
    private final byte[] octets;
    private final int plain;
    private final int plainEnd;
    private final int end;
    private int at;

    private RarName(byte[] octets, int from, int plainEnd, int end) {
        this.octets = octets;
        this.plain = from;
        this.plainEnd = plainEnd;
        this.end = end;
        this.at = plainEnd + 1;
    }

    /// @param unicode whether a second form may stand behind the first; where none does, it is UTF-8
    static List<String> of(byte[] octets, int from, int to, boolean unicode) {
        if (!unicode) {
            return List.of(new String(octets, from, to - from, StandardCharsets.ISO_8859_1));
        }
        int zero = from;
        while (zero < to && octets[zero] != 0) {
            zero++;
        }
        if (zero == to) {
            return List.of(new String(octets, from, to - from, StandardCharsets.UTF_8));
        }
        return List.of(
                new String(octets, from, zero - from, StandardCharsets.ISO_8859_1),
                new RarName(octets, from, zero, to).wide());
    }

    /// Two bits for each step: an octet; an octet with the high octet that all share; a whole character; or a run of
    /// characters of the first form. A name that breaks off is what it is by then.
    private String wide() {
        StringBuilder name = new StringBuilder();
        int high = next() << 8;
        while (at < end) {
            int steps = next();
            for (int shift = 6; shift >= 0 && at < end; shift -= 2) {
                switch ((steps >> shift) & 3) {
                    case 0 -> name.append((char) next());
                    case 1 -> name.append((char) (next() | high));
                    case 2 -> name.append((char) (next() | (next() << 8)));
                    default -> run(name, high);
                }
            }
        }
        return name.toString();
    }

    private void run(StringBuilder name, int high) {
        int length = next();
        boolean corrected = length > 0x7f;
        int correction = corrected ? next() : 0;
        for (int left = (length & 0x7f) + 2; left > 0 && plain + name.length() < plainEnd; left--) {
            int octet = octets[plain + name.length()] & 0xff;
            name.append((char) (corrected ? ((octet + correction) & 0xff) | high : octet));
        }
    }

    private int next() {
        return at < end ? octets[at++] & 0xff : 0;
    }
}
