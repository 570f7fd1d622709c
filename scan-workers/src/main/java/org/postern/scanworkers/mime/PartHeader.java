// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.postern.core.mail.HeaderField;
import org.postern.scanworkers.mime.LineSource.Line;

/// Reads the header of a part. RFC 2046 section 5.1.
final class PartHeader {
    private final LineSource lines;
    private final int octetsMax;
    private final Boundaries boundaries;
    private final Reading reading;
    private final List<HeaderField> fields = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private boolean broken;
    private long octets;
    private long kept;

    PartHeader(LineSource lines, int octetsMax, Boundaries boundaries, Reading reading) {
        this.lines = lines;
        this.octetsMax = octetsMax;
        this.boundaries = boundaries;
        this.reading = reading;
    }

    /// Reads up to and with the empty line. Of a header that is longer than the bound, the fields of MIME are kept.
    List<HeaderField> read() throws IOException {
        for (Line line = lines.next(); line != null; line = lines.next()) {
            octets += line.octets().length;
            if (line.isBlank() && line.startsLine() && endsHeader(line)) {
                break;
            }
            if (!take(line)) {
                finish();
                broken = true;
                lines.pushBack(List.of(line));
                return new PartHeader(lines, octetsMax, boundaries, reading).resumed(fields);
            }
        }
        finish();
        return List.copyOf(fields);
    }

    /// A line of nothing but blanks ends a header for some programs, and continues a field for others. RFC 5322
    /// section 4.2.
    private boolean endsHeader(Line line) {
        if (line.lengthWithoutEnding() == 0) {
            return true;
        }
        reading.doubt(Ambiguity.BROKEN_HEADER);
        return reading.isLikely();
    }

    /// Goes on behind a line that broke the header off, as some programs do, and skips lines that are no fields.
    ///
    /// To most programs the body starts where the header was broken off, and that is the likely reading; to others
    /// it starts behind the empty line.
    List<HeaderField> resumed(List<HeaderField> before) throws IOException {
        fields.addAll(before);
        return reading.isLikely() ? lookedAhead(before) : skipped();
    }

    private List<HeaderField> lookedAhead(List<HeaderField> before) throws IOException {
        reading.ambiguous(Ambiguity.BROKEN_HEADER);
        List<Line> seen = new ArrayList<>();
        boolean content = false;
        int ahead = 0;
        for (Line line = lines.next(); line != null; line = ahead > octetsMax ? null : lines.next()) {
            seen.add(line);
            ahead += line.octets().length;
            octets += line.octets().length;
            if (line.isBlank() || boundaries.meaning(line, lines) != Boundaries.Meaning.NONE) {
                break;
            }
            content |= take(line)
                    && MimeWalk.latin1(line.octets(), Math.min(8, line.octets().length))
                            .equalsIgnoreCase("content-");
        }
        finish();
        if (content || ahead > octetsMax) {
            reading.doubt(Ambiguity.BROKEN_HEADER);
        }
        lines.pushBack(seen);
        return content ? List.copyOf(fields) : before;
    }

    private List<HeaderField> skipped() throws IOException {
        for (Line line = lines.next(); line != null; line = lines.next()) {
            octets += line.octets().length;
            if (line.startsLine() && line.lengthWithoutEnding() == 0) {
                break;
            }
            if (boundaries.meaning(line, lines) != Boundaries.Meaning.NONE) {
                lines.pushBack(List.of(line));
                break;
            }
            take(line);
        }
        finish();
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
        if (field.length() <= octetsMax) {
            field.append(MimeWalk.latin1(line.octets(), line.octets().length));
        }
        return true;
    }

    private void finish() {
        if (field.isEmpty()) {
            return;
        }
        int colon = field.indexOf(":");
        HeaderField done = new HeaderField(field.substring(0, colon).stripTrailing(), field.substring(colon + 1));
        field.setLength(0);
        boolean ofMime = octets <= octetsMax || FieldValues.canonicalName(done).startsWith("content-");
        kept += ofMime ? done.rawValue().length() : 0;
        if (kept > octetsMax) {
            reading.cutShort();
        } else if (ofMime) {
            fields.add(done);
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
