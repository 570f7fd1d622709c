// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postern.scanworkers.mime.LineSource.Line;
import org.postern.scanworkers.mime.PartBody.Ending;

/// The decoded octets of a file that stands uuencoded or as a block of base64 inside a text.
final class EmbeddedBody {
    private static final Pattern BEGIN = Pattern.compile("begin(?:-base64)? [0-7]{3,4} (\\S.{0,255})");

    private final LineSource lines;
    private final boolean uuencoded;
    private final DecodedLines octets;

    EmbeddedBody(LineSource lines, Ending.Embedded what) {
        this.lines = lines;
        this.uuencoded = what.uuencoded();
        this.octets = new DecodedLines(this::next, uuencoded ? new Decoder.UuEncode() : new Decoder.Base64());
    }

    InputStream octets() {
        return octets;
    }

    /// The file name, when the line begins a uuencoded file.
    static Optional<String> uuName(Line line) {
        if (line.octets().length > 300) {
            return Optional.empty();
        }
        Matcher matcher = BEGIN.matcher(
                MimeWalk.latin1(line.octets(), line.octets().length).stripTrailing());
        return matcher.matches() ? Optional.of(FieldValues.rawToText(matcher.group(1))) : Optional.empty();
    }

    /// Passes over what nobody read.
    void drain() throws IOException {
        octets.skipToEnd();
    }

    private @Nullable Line next() throws IOException {
        Line line = lines.next();
        if (line != null && !(uuencoded ? isUuLine(line) : Encoding.isBase64Line(line))) {
            lines.pushBack(List.of(line));
            return null;
        }
        return line;
    }

    /// A line of a uuencoded file is as long as its first character says, give or take what mail programs did to it.
    private static boolean isUuLine(Line line) {
        int length = line.lengthWithoutEnding();
        if (length == 0 || !line.startsLine()) {
            return false;
        }
        int octets = (line.octets()[0] - 32) & 0x3f;
        int expected = 1 + (octets + 2) / 3 * 4;
        for (int i = 0; i < length; i++) {
            if (line.octets()[i] < ' ' || line.octets()[i] > '`') {
                return false;
            }
        }
        return Math.abs(length - expected) <= 4;
    }
}
