// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Whether a PDF is encrypted: its trailer, or the dictionary of its cross-reference stream, neither of which can be
/// compressed, names an encryption dictionary. ISO 32000-1 section 7.6.1.
final class PdfEncryption {
    private static final String NAME = "Encrypt";
    private static final Pattern VALUE = Pattern.compile("\\s+\\d{1,9}\\s+\\d{1,5}\\s+R|\\s*<<");
    private static final int VALUE_MAX = 64;

    private PdfEncryption() {}

    static boolean isEncrypted(byte[] octets) {
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '/') {
                int end = endOfName(octets, i + 1);
                if (end > 0 && hasValue(octets, end)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Where the name ends that begins here; -1 where it is another one. Letters may be written as #xx. Section 7.3.5.
    private static int endOfName(byte[] octets, int from) {
        int at = from;
        for (int i = 0; i < NAME.length(); i++) {
            boolean escaped = at + 2 < octets.length && octets[at] == '#';
            int letter = escaped
                    ? 16 * Character.digit(octets[at + 1], 16) + Character.digit(octets[at + 2], 16)
                    : at < octets.length ? octets[at] : -1;
            if (letter != NAME.charAt(i)) {
                return -1;
            }
            at += escaped ? 3 : 1;
        }
        return at;
    }

    private static boolean hasValue(byte[] octets, int from) {
        int length = Math.min(VALUE_MAX, octets.length - from);
        return VALUE.matcher(new String(octets, from, length, StandardCharsets.ISO_8859_1))
                .lookingAt();
    }
}
