// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Every reading of one parameter of a structured field: repeated, quoted or not, with and without backslashes and
/// comments, cut where a careless program cuts, in the encoding and in the pieces of RFC 2231, with encoded words.
///
/// Linear in the length of the value. Used by one thread for one value.
final class Parameters {
    /// No system takes a name of that length; and it keeps what is read again and again linear.
    private static final int CARELESS_MAX = 1_024;
    private static final String BEFORE_NAME = ";, \t\")";

    private final String value;
    private final String name;
    private final UnaryOperator<String> text;
    private final Set<String> readings = new LinkedHashSet<>();
    private final List<String> extended = new ArrayList<>();
    private final SortedMap<Integer, List<Piece>> pieces = new TreeMap<>();

    private record Piece(String value, boolean encoded) {}

    private Parameters(String value, String name, UnaryOperator<String> text) {
        this.value = value;
        this.name = name;
        this.text = text;
    }

    /// @param value unfolded
    /// @param name in lower case
    static Set<String> readings(String value, String name) {
        return new Parameters(value, name, EncodedWords::decode).read();
    }

    /// The same, octets as they stand and as text.
    static Set<String> readingsAndOctets(String value, String name) {
        Set<String> all = new Parameters(value, name, octets -> octets).read();
        all.addAll(readings(value, name));
        return all;
    }

    private Set<String> read() {
        careful();
        careless();
        extended.forEach(one -> readings.add(join(List.of(new Piece(one, true)))));
        continued();
        readings.remove("");
        return readings;
    }

    /// As RFC 2045 says: strings in quotes may hold semicolons and equals signs.
    private void careful() {
        int at = Math.max(0, value.indexOf(';'));
        int equals = value.indexOf('=', at);
        while (equals >= 0) {
            String before = FieldValues.uncommented(value.substring(nameStart(equals, at), equals));
            at = assigned(before.strip().toLowerCase(Locale.ROOT), equals + 1);
            equals = value.indexOf('=', at);
        }
    }

    private int nameStart(int equals, int from) {
        int end = equals;
        while (end > from && value.charAt(end - 1) <= ' ') {
            end--;
        }
        int start = end;
        while (start > from && ";, \t\"".indexOf(value.charAt(start - 1)) < 0) {
            start--;
        }
        return start;
    }

    /// Wherever the name stands with an equals sign behind it, in quotes or not, up to the next semicolon or quote.
    private void careless() {
        String lower = value.toLowerCase(Locale.ROOT);
        for (int at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + name.length())) {
            if (at > 0 && BEFORE_NAME.indexOf(lower.charAt(at - 1)) < 0) {
                continue;
            }
            int equals = at + name.length();
            while (equals < lower.length() && "*0123456789 \t".indexOf(lower.charAt(equals)) >= 0) {
                equals++;
            }
            String parameter = lower.substring(at, equals).strip();
            if (equals < lower.length() && lower.charAt(equals) == '(') {
                int closing = lower.indexOf(')', equals);
                equals = closing < 0 || closing - equals > CARELESS_MAX ? lower.length() : closing + 1;
                while (equals < lower.length() && lower.charAt(equals) == ' ') {
                    equals++;
                }
            }
            if (equals < lower.length() && lower.charAt(equals) == '=') {
                take(parameter, upToSemicolonOrQuote(equals + 1));
            }
        }
    }

    private String upToSemicolonOrQuote(int from) {
        int start = from;
        while (start < value.length() && (value.charAt(start) <= ' ' || value.charAt(start) == '"')) {
            start++;
        }
        int end = start;
        int most = Math.min(value.length(), start + CARELESS_MAX);
        while (end < most && value.charAt(end) != ';' && value.charAt(end) != '"') {
            end++;
        }
        return value.substring(start, end);
    }

    /// What is assigned to a parameter; returns where it ends.
    private int assigned(String parameter, int from) {
        int start = from;
        while (start < value.length() && value.charAt(start) <= ' ') {
            start++;
        }
        boolean wanted = parameter.startsWith(name);
        if (start >= value.length() || value.charAt(start) != '"') {
            int end = semicolon(start);
            if (wanted) {
                String all = value.substring(start, end).strip();
                take(parameter, all);
                take(parameter, FieldValues.uncommented(all).strip());
                int blank = all.indexOf(' ');
                if (blank > 0) {
                    take(parameter, all.substring(0, blank));
                }
            }
            return end;
        }
        StringBuilder plain = new StringBuilder();
        int at = start + 1;
        while (at < value.length() && value.charAt(at) != '"') {
            if (value.charAt(at) == '\\' && at + 1 < value.length()) {
                at++;
            }
            plain.append(value.charAt(at++));
        }
        if (wanted) {
            quoted(parameter, plain.toString(), value.substring(start, Math.min(at, value.length())), at);
        }
        return Math.min(at + 1, value.length());
    }

    private void quoted(String parameter, String plain, String written, int closing) {
        take(parameter, plain);
        int semicolon = plain.indexOf(';');
        if (semicolon >= 0) {
            take(parameter, plain.substring(0, semicolon));
        }
        // For those to whom a backslash is a character, the string ends at the first quote.
        int quote = written.indexOf('"', 1);
        if (quote > 0) {
            take(parameter, written.substring(1, quote));
        }
        // And for some it goes on behind the last one.
        int end = closing < value.length() ? semicolon(closing + 1) : closing;
        String glued = end > closing ? value.substring(closing + 1, end).strip() : "";
        if (!glued.isEmpty()) {
            take(parameter, plain + glued.replace("\"", ""));
        }
    }

    private int semicolon(int from) {
        int semicolon = value.indexOf(';', Math.min(from, value.length()));
        return semicolon < 0 ? value.length() : semicolon;
    }

    /// One reading of `name`, `name*`, `name*1` or `name*1*`. RFC 2231 sections 3 and 4.
    private void take(String parameter, String reading) {
        String suffix = parameter.substring(name.length()).strip();
        if (suffix.isEmpty()) {
            readings.add(text.apply(reading.strip()));
            readings.add(text.apply(reading.replace("\"", "").strip()));
        } else if (suffix.startsWith("*")) {
            String number = suffix.replace("*", "").strip();
            if (number.isEmpty()) {
                extended.add(reading);
            } else if (number.length() <= 6 && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                pieces.computeIfAbsent(Integer.parseInt(number), any -> new ArrayList<>(1))
                        .add(new Piece(reading, suffix.endsWith("*")));
            }
        }
    }

    /// Some take the first of two pieces with the same number, some the last; some stop where a number is missing.
    private void continued() {
        if (pieces.isEmpty()) {
            return;
        }
        List<Piece> first = new ArrayList<>();
        List<Piece> last = new ArrayList<>();
        List<Piece> withoutGap = new ArrayList<>();
        for (Map.Entry<Integer, List<Piece>> entry : pieces.entrySet()) {
            if (entry.getKey() == first.size()) {
                withoutGap.add(entry.getValue().getFirst());
            }
            first.add(entry.getValue().getFirst());
            last.add(entry.getValue().getLast());
        }
        for (List<Piece> one : List.of(first, last, withoutGap, List.of(first.getFirst()))) {
            readings.add(join(one));
        }
    }

    private static String join(List<Piece> pieces) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        String charset = "utf-8";
        boolean first = true;
        for (Piece piece : pieces) {
            String text = piece.value;
            if (piece.encoded) {
                String[] parts = first ? text.split("'", 3) : new String[0];
                if (parts.length == 3) {
                    charset = parts[0];
                    text = parts[2];
                }
                percentDecode(text, octets);
            } else {
                octets.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            }
            first = false;
        }
        return EncodedWords.decode(EncodedWords.text(charset, octets.toByteArray()));
    }

    private static void percentDecode(String text, ByteArrayOutputStream out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%'
                    && i + 2 < text.length()
                    && FieldValues.hex(text.charAt(i + 1)) >= 0
                    && FieldValues.hex(text.charAt(i + 2)) >= 0) {
                out.write((FieldValues.hex(text.charAt(i + 1)) << 4) | FieldValues.hex(text.charAt(i + 2)));
                i += 2;
            } else {
                out.write(c);
            }
        }
    }
}
