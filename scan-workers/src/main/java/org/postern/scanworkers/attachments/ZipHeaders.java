// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The local and central headers of a zip archive, wherever they stand. APPNOTE.TXT sections 4.3.7 and 4.3.12.
///
/// It does not follow the directory of the archive, for programs differ in which of two directories they follow. One
/// pass over the octets; nothing is unpacked. Used by one thread for one mail.
final class ZipHeaders {
    private static final int HEADERS_MAX = 10_000;
    private static final int NAME_OCTETS_MAX = 1_024;
    private static final int CENTRAL_HEADER = 46;
    private static final int END_RECORD = 22;
    private static final int WINDOW = 16 * 1024;

    private final List<Header> locals = new ArrayList<>();
    private final List<Header> centrals = new ArrayList<>();
    private boolean encrypted;
    private boolean complete = true;

    /// One header.
    ///
    /// @param offset of the local header in the archive
    record Header(long offset, int method, String name) {}

    /// Every name in any header.
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        locals.forEach(header -> names.add(header.name()));
        centrals.forEach(header -> names.add(header.name()));
        return names;
    }

    /// Whether a file that was seen is encrypted.
    boolean encrypted() {
        return encrypted;
    }

    /// False when there were more headers than are kept.
    boolean complete() {
        return complete;
    }

    List<Header> locals() {
        return locals;
    }

    /// Whether the directory and the local headers tell the same of the same files, so that there is one way to
    /// read the archive.
    boolean consistent() {
        return complete
                && locals.size() == centrals.size()
                && new HashSet<>(locals).equals(new HashSet<>(centrals))
                && new HashSet<>(locals).size() == locals.size();
    }

    /// Whether programs that look for a directory from the end find one, behind whatever else. APPNOTE.TXT section
    /// 4.3.16. In a tar archive blocks of zeros follow it where it is that of an archive in the archive.
    static boolean directoryAtEnd(byte[] octets) {
        for (int at = octets.length - END_RECORD; at > 0 && at > octets.length - END_RECORD - 0xffff; at--) {
            if (octets[at] == 'P' && octets[at + 1] == 'K' && octets[at + 2] == 5 && octets[at + 3] == 6) {
                int end = Math.min(octets.length, at + END_RECORD + shortAt(octets, at + 20));
                boolean zeros = end < octets.length;
                for (int i = end; zeros && i < octets.length; i++) {
                    zeros = octets[i] == 0;
                }
                return !zeros;
            }
        }
        return false;
    }

    /// Reads a stream to its end.
    void scan(InputStream in) throws IOException {
        byte[] window = new byte[WINDOW];
        int length = 0;
        long start = 0;
        while (true) {
            int n = in.readNBytes(window, length, window.length - length);
            length += n;
            boolean end = length < window.length;
            int safe = end ? length : length - CENTRAL_HEADER - NAME_OCTETS_MAX;
            for (int i = 0; i < safe; i++) {
                if (window[i] == 'P' && i + 3 < length && window[i + 1] == 'K') {
                    header(window, i, length, start);
                }
            }
            if (end) {
                return;
            }
            System.arraycopy(window, safe, window, 0, length - safe);
            length -= safe;
            start += safe;
        }
    }

    private void header(byte[] window, int at, int length, long start) {
        int kind = (window[at + 2] << 8) | window[at + 3];
        if (kind == 0x0304 && at + 30 <= length) {
            name(window, at, length, 6, 26, 30)
                    .ifPresent(name -> add(locals, new Header(start + at, shortAt(window, at + 8), name)));
        } else if (kind == 0x0102 && at + CENTRAL_HEADER <= length) {
            long offset = shortAt(window, at + 42) | ((long) shortAt(window, at + 44) << 16);
            name(window, at, length, 8, 28, CENTRAL_HEADER)
                    .ifPresent(name -> add(centrals, new Header(offset, shortAt(window, at + 10), name)));
        }
    }

    private void add(List<Header> list, Header header) {
        if (locals.size() + centrals.size() >= HEADERS_MAX) {
            complete = false;
        } else {
            list.add(header);
        }
    }

    private Optional<String> name(byte[] window, int at, int length, int flagsAt, int lengthAt, int nameAt) {
        int flags = shortAt(window, at + flagsAt);
        int octets = shortAt(window, at + lengthAt);
        if (octets < 1 || octets > NAME_OCTETS_MAX || at + nameAt + octets > length) {
            return Optional.empty();
        }
        boolean utf8 = (flags & 0x800) != 0;
        String name =
                new String(window, at + nameAt, octets, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        encrypted |= (flags & 1) != 0;
        return Optional.of(name);
    }

    private static int shortAt(byte[] octets, int at) {
        return (octets[at] & 0xff) | ((octets[at + 1] & 0xff) << 8);
    }
}
