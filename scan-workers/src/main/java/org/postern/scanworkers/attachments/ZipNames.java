// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// The names of the files in a zip archive, read from every local and central header that is there.
///
/// It does not follow the directory of the archive, for programs differ in which of two directories they follow. One
/// pass over the octets; nothing is unpacked. Used by one thread for one mail.
final class ZipNames {
    private static final int NAMES_MAX = 5_000;
    private static final int NAME_OCTETS_MAX = 1_024;
    private static final int CENTRAL_HEADER = 46;
    private static final int WINDOW = 16 * 1024;

    private final Set<String> names = new LinkedHashSet<>();
    private boolean encrypted;

    Set<String> names() {
        return names;
    }

    /// Whether a file that was seen is encrypted.
    boolean encrypted() {
        return encrypted;
    }

    /// Reads a stream to its end.
    void scan(InputStream in) throws IOException {
        byte[] window = new byte[WINDOW];
        int length = 0;
        while (true) {
            int n = in.readNBytes(window, length, window.length - length);
            length += n;
            boolean end = length < window.length;
            int safe = end ? length : length - CENTRAL_HEADER - NAME_OCTETS_MAX;
            for (int i = 0; i < safe; i++) {
                if (window[i] == 'P' && i + 3 < length && window[i + 1] == 'K') {
                    header(window, i, length);
                }
            }
            if (end) {
                return;
            }
            System.arraycopy(window, safe, window, 0, length - safe);
            length -= safe;
        }
    }

    private void header(byte[] window, int at, int length) {
        int kind = (window[at + 2] << 8) | window[at + 3];
        if (kind == 0x0304) {
            name(window, at, length, 6, 26, 30).ifPresent(names::add);
        } else if (kind == 0x0102) {
            name(window, at, length, 8, 28, CENTRAL_HEADER).ifPresent(names::add);
        }
    }

    private Optional<String> name(byte[] window, int at, int length, int flagsAt, int lengthAt, int nameAt) {
        if (at + nameAt > length || names.size() >= NAMES_MAX) {
            return Optional.empty();
        }
        int flags = shortAt(window, at + flagsAt);
        int octets = shortAt(window, at + lengthAt);
        if (octets < 1 || octets > NAME_OCTETS_MAX || at + nameAt + octets > length) {
            return Optional.empty();
        }
        boolean utf8 = (flags & 0x800) != 0;
        String name =
                new String(window, at + nameAt, octets, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        if (name.chars().anyMatch(c -> c < ' ')) {
            return Optional.empty();
        }
        encrypted |= (flags & 1) != 0;
        return Optional.of(name);
    }

    private static int shortAt(byte[] octets, int at) {
        return (octets[at] & 0xff) | ((octets[at + 1] & 0xff) << 8);
    }
}
