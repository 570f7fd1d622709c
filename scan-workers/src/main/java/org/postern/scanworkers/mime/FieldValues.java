// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.postern.core.mail.HeaderField;

/// Generous readings of structured header fields: where programs disagree, every reading is returned.
///
/// Everything here is linear in the length of the value.
public final class FieldValues {
    private static final Pattern BLANKS = Pattern.compile("[\\s\"]");

    private FieldValues() {}

    /// The field name in lower case without comments and blanks, so that `Content-Type(x)` is `content-type`.
    public static String canonicalName(HeaderField field) {
        String name = field.name();
        return isPlain(name)
                ? name.toLowerCase(Locale.ROOT)
                : BLANKS.matcher(uncommented(name)).replaceAll("").toLowerCase(Locale.ROOT);
    }

    /// Nothing but letters, digits and hyphens, as in nearly every name.
    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '-' && (c > 'z' || !Character.isLetterOrDigit(c))) {
                return false;
            }
        }
        return true;
    }

    /// The first token of a value, such as the media type, without comments.
    static String token(String value) {
        String plain = uncommented(unfold(value)).strip();
        int end = 0;
        while (end < plain.length() && plain.charAt(end) != ';' && plain.charAt(end) > ' ') {
            end++;
        }
        return plain.substring(0, end).replace("\"", "").strip();
    }

    /// The text with encoded words decoded. RFC 2047.
    public static String decodeWords(String text) {
        return EncodedWords.decode(text);
    }

    /// Header octets as text: UTF-8 where they are valid UTF-8 (RFC 6532), else as they are.
    static String rawToText(String latin1) {
        if (latin1.chars().allMatch(c -> c < 0x80) || latin1.chars().anyMatch(c -> c > 0xff)) {
            return latin1;
        }
        String utf8 = new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return utf8.indexOf('\ufffd') < 0 ? utf8 : latin1;
    }

    /// Every reading of a parameter: see [Parameters].
    public static Set<String> parameters(String rawValue, String name) {
        return Parameters.readings(unfold(rawValue), name);
    }

    static int hex(int c) {
        return Character.digit(c, 16);
    }

    static String unfold(String value) {
        return value.replace("\r", "").replace("\n", "");
    }

    /// The text without comments outside quoted strings. RFC 5322 section 3.2.2.
    static String uncommented(String text) {
        if (text.indexOf('(') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        int depth = 0;
        boolean inQuotes = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && depth == 0) {
                inQuotes = !inQuotes;
            }
            if (c == '(' && !inQuotes) {
                depth++;
            } else if (c == ')' && depth > 0) {
                depth--;
            } else if (depth == 0) {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
