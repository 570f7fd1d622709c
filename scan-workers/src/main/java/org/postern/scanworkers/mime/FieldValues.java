// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.postern.core.mail.HeaderField;

/// Generous readings of structured header fields: where programs disagree, every reading is returned.
///
/// Everything here is linear in the length of the value.
public final class FieldValues {
    private static final int NAME_MAX = 200;
    private static final int READINGS_MAX = 64;
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
        if (!text.contains("=?")) {
            return rawToText(text);
        }
        try {
            return DecoderUtil.decodeEncodedWords(rawToText(text), DecodeMonitor.SILENT, StandardCharsets.UTF_8);
        } catch (RuntimeException e) {
            return rawToText(text);
        }
    }

    /// Header octets as text: UTF-8 where they are valid UTF-8 (RFC 6532), else as they are.
    static String rawToText(String latin1) {
        if (latin1.chars().allMatch(c -> c < 0x80)) {
            return latin1;
        }
        String utf8 = new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return utf8.indexOf('\ufffd') < 0 ? utf8 : latin1;
    }

    /// Every reading of a parameter: repeated ones, quoted and cut at a semicolon, with RFC 2231 continuations and
    /// charsets, and with encoded words.
    public static Set<String> parameters(String rawValue, String name) {
        Set<String> readings = new LinkedHashSet<>();
        Map<Integer, Piece> pieces = new TreeMap<>();
        for (Raw raw : raw(unfold(rawValue))) {
            if (readings.size() >= READINGS_MAX) {
                break;
            }
            if (raw.name.equals(name)) {
                raw.values.forEach(value -> readings.add(decodeWords(value)));
            } else if (raw.name.startsWith(name + "*")) {
                String suffix = raw.name.substring(name.length() + 1);
                boolean encoded = suffix.isEmpty() || suffix.endsWith("*");
                String number = suffix.replace("*", "");
                int index = number.isEmpty() ? 0 : number.matches("\\d{1,3}") ? Integer.parseInt(number) : -1;
                if (index >= 0 && pieces.size() < NAME_MAX) {
                    pieces.putIfAbsent(index, new Piece(raw.values.getFirst(), encoded));
                }
            }
        }
        if (!pieces.isEmpty()) {
            readings.add(join(pieces.values()));
        }
        readings.remove("");
        return readings;
    }

    private record Piece(String value, boolean encoded) {}

    private record Raw(String name, List<String> values) {}

    /// Splits the parameters off; quoted strings may hold semicolons, for those that honour quotes, and end at the
    /// first semicolon for those that do not.
    private static List<Raw> raw(String value) {
        List<Raw> found = new ArrayList<>();
        int at = value.indexOf(';');
        at = at < 0 ? 0 : at;
        while (at < value.length() && found.size() < NAME_MAX) {
            int equals = value.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            int nameStart = equals;
            while ((nameStart > at && ";, \t\"".indexOf(value.charAt(nameStart - 1)) < 0)
                    || (nameStart > at && nameStart == equals && value.charAt(nameStart - 1) <= ' ')) {
                nameStart--;
            }
            String name =
                    uncommented(value.substring(nameStart, equals)).strip().toLowerCase(Locale.ROOT);
            int start = equals + 1;
            while (start < value.length() && value.charAt(start) <= ' ') {
                start++;
            }
            List<String> values = new ArrayList<>(3);
            if (start < value.length() && value.charAt(start) == '"') {
                at = quoted(value, start + 1, values);
            } else {
                int end = start;
                while (end < value.length() && value.charAt(end) != ';') {
                    end++;
                }
                String all = value.substring(start, end).strip();
                values.add(all);
                int blank = all.indexOf(' ');
                if (blank > 0) {
                    values.add(all.substring(0, blank));
                }
                at = Math.max(end, start);
            }
            found.add(new Raw(name, values));
            at = Math.max(at, equals + 1);
        }
        return found;
    }

    private static int quoted(String value, int start, List<String> values) {
        StringBuilder plain = new StringBuilder();
        int at = start;
        while (at < value.length() && value.charAt(at) != '"') {
            if (value.charAt(at) == '\\' && at + 1 < value.length()) {
                at++;
            }
            plain.append(value.charAt(at++));
        }
        values.add(plain.toString());
        int semicolon = plain.indexOf(";");
        if (semicolon >= 0) {
            values.add(plain.substring(0, semicolon));
        }
        return at + 1;
    }

    /// RFC 2231 sections 3 and 4.
    private static String join(Iterable<Piece> pieces) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        Charset charset = StandardCharsets.UTF_8;
        boolean first = true;
        for (Piece piece : pieces) {
            String text = piece.value;
            if (piece.encoded) {
                String[] parts = first ? text.split("'", 3) : new String[0];
                if (parts.length == 3) {
                    charset = charset(parts[0]);
                    text = parts[2];
                }
                percentDecode(text, octets);
            } else {
                octets.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            }
            first = false;
        }
        return octets.toString(charset);
    }

    private static void percentDecode(String text, ByteArrayOutputStream out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length() && hex(text.charAt(i + 1)) >= 0 && hex(text.charAt(i + 2)) >= 0) {
                out.write((hex(text.charAt(i + 1)) << 4) | hex(text.charAt(i + 2)));
                i += 2;
            } else {
                out.write(c);
            }
        }
    }

    static int hex(int c) {
        return Character.digit(c, 16);
    }

    private static Charset charset(String name) {
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8;
        }
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
