// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postern.core.mail.HeaderField;
import org.postern.scanworkers.mime.LineSource.Line;

/// Reads the header of a part. RFC 2046 section 5.1.
final class PartHeader {
    private final LineSource lines;
    private final int octetsMax;
    private final Boundaries boundaries;
    private final List<HeaderField> fields = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private boolean broken;

    PartHeader(LineSource lines, int octetsMax, Boundaries boundaries) {
        this.lines = lines;
        this.octetsMax = octetsMax;
        this.boundaries = boundaries;
    }

    /// Reads up to and with the empty line, or up to the first line that is no field.
    List<HeaderField> read() throws IOException {
        int octets = 0;
        for (Line line = lines.next(); line != null; line = lines.next()) {
            octets += line.octets().length;
            if (line.isBlank() && line.startsLine()) {
                break;
            }
            boolean more = octets <= octetsMax && take(line);
            if (!more) {
                broken = true;
                lines.pushBack(List.of(line));
                break;
            }
        }
        finish();
        return List.copyOf(fields);
    }

    /// Goes on behind a line that broke the header off, as some programs do: skips lines that are no fields, up to
    /// the empty line. The body then starts behind it.
    List<HeaderField> resumed(List<HeaderField> before) throws IOException {
        fields.addAll(before);
        List<Line> seen = new ArrayList<>();
        int octets = 0;
        boolean content = false;
        for (Line line = lines.next(); line != null; line = lines.next()) {
            seen.add(line);
            octets += line.octets().length;
            if (line.isBlank() || octets > octetsMax || boundaries.meaning(line, lines) != Boundaries.Meaning.NONE) {
                break;
            }
            if (take(line)) {
                content |= MimeWalk.latin1(line.octets(), Math.min(8, line.octets().length))
                        .equalsIgnoreCase("content-");
            }
        }
        finish();
        if (!content) {
            lines.pushBack(seen);
            return before;
        }
        // What stood between the fields may be text to somebody: the body starts at the first of these lines.
        lines.pushBack(seen);
        return List.copyOf(fields);
    }

    /// True when a line that is neither a field nor a continuation ended the header.
    boolean broken() {
        return broken;
    }

    private boolean take(Line line) {
        byte first = line.octets()[0];
        boolean continuation = !line.startsLine() || first == ' ' || first == '\t';
        if (continuation) {
            if (field.isEmpty()) {
                return false;
            }
        } else if (isField(line)) {
            finish();
        } else {
            return false;
        }
        field.append(MimeWalk.latin1(line.octets(), line.octets().length));
        return true;
    }

    private void finish() {
        @Nullable String text = field.isEmpty() ? null : field.toString();
        if (text != null) {
            int colon = text.indexOf(':');
            fields.add(new HeaderField(text.substring(0, colon).stripTrailing(), text.substring(colon + 1)));
            field.setLength(0);
        }
    }

    /// As in RFC 5322 section 2.2, with blanks allowed before the colon.
    static boolean isField(Line line) {
        byte[] octets = line.octets();
        boolean blank = false;
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == ':') {
                return i > 0;
            }
            if (octets[i] == ' ' || octets[i] == '\t') {
                blank = true;
            } else if ((blank && octets[i] != '(') || octets[i] < ' ' || octets[i] == 0x7f) {
                return false;
            }
        }
        return false;
    }
}
