// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes encoded words wherever they stand, as generously as the most generous mail program: between other
/// characters, without padding, with an unknown charset. RFC 2047, RFC 2231 section 5.
///
/// One pass over the text, however many words are begun in it and never ended. Used by one thread.
final class EncodedWords {
    private static final int CHARSET_MAX = 100;
    /// To ask for a charset that does not exist takes long.
    private static final int CHARSETS_MAX = 20;

    private final String text;
    private final StringBuilder plain = new StringBuilder();
    /// Octets of words that follow each other: a character may be divided between two of them.
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private String charset = "";
    private final Map<String, Optional<Charset>> charsets = new HashMap<>();

    private EncodedWords(String text) {
        this.text = text;
    }

    /// @param text octets as ISO-8859-1 characters
    static String decode(String text) {
        return text.contains("=?") ? new EncodedWords(text).decode() : FieldValues.rawToText(text);
    }

    private String decode() {
        int done = 0;
        int at = text.indexOf("=?");
        while (at >= 0) {
            int second = text.indexOf('?', at + 2);
            if (second < 0) {
                break;
            }
            if (second - at > CHARSET_MAX || !isEncoding(second + 1)) {
                at = text.indexOf("=?", at + 2);
                continue;
            }
            int end = text.indexOf("?=", second + 3);
            if (end < 0) {
                break;
            }
            between(text.substring(done, at));
            word(text.substring(at + 2, second), text.charAt(second + 1), text.substring(second + 3, end));
            done = end + 2;
            at = text.indexOf("=?", done);
        }
        flush();
        return plain.append(FieldValues.rawToText(text.substring(done))).toString();
    }

    private boolean isEncoding(int index) {
        return index + 1 < text.length() && "BbQq".indexOf(text.charAt(index)) >= 0 && text.charAt(index + 1) == '?';
    }

    /// Blanks between two words do not count. RFC 2047 section 6.2.
    private void between(String other) {
        if (!other.isBlank() || octets.size() == 0) {
            flush();
            plain.append(FieldValues.rawToText(other));
        }
    }

    private void word(String charsetAndLanguage, char encoding, String encoded) {
        int star = charsetAndLanguage.indexOf('*');
        String name = (star < 0 ? charsetAndLanguage : charsetAndLanguage.substring(0, star)).toLowerCase(Locale.ROOT);
        if (!name.equals(charset)) {
            flush();
            charset = name;
        }
        byte[] in = encoded.replace(encoding == 'q' || encoding == 'Q' ? '_' : ' ', ' ')
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] out = new byte[in.length];
        Decoder decoder = encoding == 'b' || encoding == 'B' ? new Decoder.Base64() : new Decoder.QuotedPrintable();
        octets.write(out, 0, decoder.decode(in, out));
    }

    private void flush() {
        if (octets.size() > 0) {
            Optional<Charset> known = charsets.size() < CHARSETS_MAX
                    ? charsets.computeIfAbsent(charset, EncodedWords::charset)
                    : charsets.getOrDefault(charset, Optional.empty());
            plain.append(text(charset, known, octets.toByteArray()));
            octets.reset();
        }
    }

    /// Octets in a charset; as UTF-8 or ISO-8859-1 where nobody knows that charset.
    static String text(String charset, byte[] octets) {
        return text(charset, charset(charset), octets);
    }

    private static String text(String name, Optional<Charset> charset, byte[] octets) {
        if (name.equalsIgnoreCase("utf-7") || name.equalsIgnoreCase("unicode-1-1-utf-7")) {
            return utf7(new String(octets, StandardCharsets.ISO_8859_1));
        }
        return charset.map(known -> new String(octets, known))
                .orElseGet(() -> FieldValues.rawToText(new String(octets, StandardCharsets.ISO_8859_1)));
    }

    private static Optional<Charset> charset(String name) {
        try {
            return Optional.of(Charset.forName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// RFC 2152, which Java does not know and some mail programs do.
    private static String utf7(String text) {
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int plus = text.indexOf('+', at);
            if (plus < 0) {
                break;
            }
            plain.append(text, at, plus);
            int end = plus + 1;
            while (end < text.length() && Decoder.Base64.value(text.charAt(end)) >= 0) {
                end++;
            }
            byte[] in = text.substring(plus + 1, end).getBytes(StandardCharsets.ISO_8859_1);
            byte[] out = new byte[in.length];
            int length = new Decoder.Base64().decode(in, out);
            plain.append(in.length == 0 ? "+" : new String(out, 0, length & ~1, StandardCharsets.UTF_16BE));
            at = end < text.length() && text.charAt(end) == '-' ? end + 1 : end;
        }
        return plain.append(text, Math.min(at, text.length()), text.length()).toString();
    }
}
