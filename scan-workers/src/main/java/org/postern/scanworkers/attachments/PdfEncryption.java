// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Whether a PDF is encrypted: its trailer, or the dictionary of its cross-reference stream, neither of which can be
/// compressed, names an encryption dictionary. ISO 32000-1 section 7.6.1.
final class PdfEncryption {
    private static final Pattern NAMED = Pattern.compile("/Encrypt(?:\\s+\\d{1,9}\\s+\\d{1,5}\\s+R|\\s*<<)");
    private static final int BEFORE = 3 * 8;
    private static final int AFTER = 64;

    private PdfEncryption() {}

    static boolean isEncrypted(byte[] octets) {
        for (int i = 0; i < octets.length; i++) {
            // The letters of a name may be written as #xx. Section 7.3.5.
            if (octets[i] == '/' && couldBeName(octets, i)) {
                int end = Math.min(octets.length, i + BEFORE + AFTER);
                String text = plain(new String(octets, i, end - i, StandardCharsets.ISO_8859_1));
                if (NAMED.matcher(text).lookingAt()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean couldBeName(byte[] octets, int at) {
        return at + 8 <= octets.length && (octets[at + 1] == 'E' || octets[at + 1] == '#');
    }

    private static String plain(String text) {
        if (text.indexOf('#') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '#' && i + 2 < text.length()) {
                int high = Character.digit(text.charAt(i + 1), 16);
                int low = Character.digit(text.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    plain.append((char) (high * 16 + low));
                    i += 2;
                    continue;
                }
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
