// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postern.scanworkers.mime.LineSource.Line;

/// Decides how a body is encoded: what is declared, checked against what stands there. RFC 2045 section 6.
final class Encoding {
    private static final int SNIFFED_LINES = 6;
    private static final int EMBEDDED_LINE_MIN = 40;

    private Encoding() {}

    static Decoder of(MimePart part, LineSource lines, Reading reading) throws IOException {
        Set<String> declared = part.encodings();
        if (!reading.isLikely()) {
            return declared(declared, reading);
        }
        boolean base64 = declared.stream().anyMatch(name -> name.contains("base64"));
        boolean quoted = declared.stream().anyMatch(name -> name.contains("quoted"));
        if (declared.size() > 1 || (declared.size() == 1 && (base64 || quoted) && !isKnown(declared))) {
            reading.doubt(Ambiguity.UNDECLARED_ENCODING);
        }
        if (base64) {
            if (!quoted && declared.size() == 1) {
                if (isPlainlyText(lines)) {
                    reading.doubt(Ambiguity.UNDECLARED_ENCODING);
                    return new Decoder.Identity();
                }
                return new Decoder.Base64();
            }
            return looksLikeBase64(lines) ? new Decoder.Base64() : quotedOrPlain(quoted);
        }
        if (quoted && looksLikeBase64(lines)) {
            reading.doubt(Ambiguity.UNDECLARED_ENCODING);
            return new Decoder.Base64();
        }
        return quotedOrPlain(quoted);
    }

    private static boolean isKnown(Set<String> declared) {
        return declared.contains("base64") || declared.contains("quoted-printable");
    }

    private static Decoder declared(Set<String> declared, Reading reading) {
        String chosen = "";
        for (String each : declared) {
            chosen = each;
            if (reading.choice() == Reading.Choice.FIRST_DECLARED) {
                break;
            }
        }
        return switch (chosen) {
            case "base64" -> new Decoder.Base64();
            case "quoted-printable" -> new Decoder.QuotedPrintable();
            default -> new Decoder.Identity();
        };
    }

    /// For multiparts and messages, which must not be encoded (RFC 2046 section 5.1 and 5.2.1) but sometimes are.
    /// Many programs declare an encoding for a multipart that is in clear.
    static Decoder ofStructure(MimePart part, LineSource lines, boolean message, Reading reading) throws IOException {
        // Nobody decodes a multipart because of what is declared alone: only a message is read in more than one way.
        Decoder decoder = of(part, lines, message ? reading : new Reading(Reading.Choice.LIKELY));
        return switch (decoder) {
            case Decoder.Base64 base64 when message && !reading.isLikely() -> base64;
            case Decoder.Base64 base64 -> looksLikeBase64(lines) ? base64 : new Decoder.Identity();
            case Decoder.QuotedPrintable quoted -> message ? quoted : new Decoder.Identity();
            case Decoder.Identity plain -> looksLikeBase64(lines) ? new Decoder.Base64() : plain;
            case Decoder.UuEncode uu -> uu;
        };
    }

    private static Decoder quotedOrPlain(boolean quoted) {
        return quoted ? new Decoder.QuotedPrintable() : new Decoder.Identity();
    }

    /// Whether the next lines look like base64 through and through.
    private static boolean looksLikeBase64(LineSource lines) throws IOException {
        List<Line> seen = peek(lines);
        List<Line> written = seen.stream().filter(line -> !line.isBlank()).toList();
        return !written.isEmpty()
                && written.getFirst().lengthWithoutEnding() >= 16
                && written.stream().allMatch(Encoding::isBase64Line);
    }

    /// Whether the next lines are words with blanks between them, whatever is declared.
    private static boolean isPlainlyText(LineSource lines) throws IOException {
        List<Line> written =
                peek(lines).stream().filter(line -> !line.isBlank()).toList();
        return !written.isEmpty() && written.stream().noneMatch(Encoding::isBase64Line);
    }

    private static List<Line> peek(LineSource lines) throws IOException {
        List<Line> seen = new ArrayList<>(SNIFFED_LINES);
        while (seen.size() < SNIFFED_LINES) {
            Line line = lines.next();
            if (line == null) {
                break;
            }
            seen.add(line);
            if (line.octets()[0] == '-') {
                break;
            }
        }
        lines.pushBack(seen);
        return seen.isEmpty() || seen.getLast().octets()[0] != '-' ? seen : seen.subList(0, seen.size() - 1);
    }

    /// Whether a block of base64 starts with this line in the middle of a text.
    static boolean startsEmbeddedBase64(Line line, LineSource following) throws IOException {
        if (!line.startsLine() || line.lengthWithoutEnding() < EMBEDDED_LINE_MIN || !isBase64Line(line)) {
            return false;
        }
        Line second = following.next();
        if (second == null) {
            return line.lengthWithoutEnding() % 4 == 0;
        }
        following.pushBack(List.of(second));
        return (second.startsLine() && isBase64Line(second))
                || (second.isBlank() && line.lengthWithoutEnding() % 4 == 0);
    }

    /// Whether a line holds nothing but base64, with padding only at its end.
    static boolean isBase64Line(Line line) {
        int length = line.lengthWithoutEnding();
        while (length > 0 && (line.octets()[length - 1] == ' ' || line.octets()[length - 1] == '\t')) {
            length--;
        }
        int padding = 0;
        for (int i = 0; i < length; i++) {
            int c = line.octets()[i];
            if (c == '=') {
                padding++;
            } else if (padding > 0 || Decoder.Base64.value(c) < 0) {
                return false;
            }
        }
        return length > padding && padding <= 2;
    }
}
