// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.postern.core.mail.HeaderField;
import org.postern.scanworkers.mime.LineSource.Line;

/// Every boundary that any header of the message declares, however oddly, and the question whether a line is a
/// delimiter. RFC 2046 section 5.1.1.
final class Boundaries {
    private static final int BOUNDARIES_MAX = 2_000;
    private static final int LENGTH_MAX = 8_000;
    private static final int LOOK_AHEAD_OCTETS = 64 * 1024;

    private static final Pattern ENCODED = Pattern.compile("boundary\\s{0,9}\\*", Pattern.CASE_INSENSITIVE);

    private final Set<String> known = new HashSet<>();
    private final Reading reading;

    Boundaries(Reading reading) {
        this.reading = reading;
    }

    /// What a line means to the structure.
    enum Meaning {
        NONE,
        DELIMITER,
        CLOSE_DELIMITER
    }

    /// Takes up what a header declares, and notes what is odd about it.
    void learn(List<HeaderField> fields) {
        int ofMime = 0;
        int types = 0;
        int encodings = 0;
        for (HeaderField field : fields) {
            String name = FieldValues.canonicalName(field);
            if (!name.startsWith("content-")) {
                continue;
            }
            ofMime++;
            if (!name.equals(field.name().strip().toLowerCase(Locale.ROOT))) {
                reading.ambiguous(Ambiguity.ODD_FIELD_NAME);
            }
            types += name.equals("content-type") ? 1 : 0;
            encodings += name.equals("content-transfer-encoding") ? 1 : 0;
            learn(name, field.rawValue());
        }
        if (ofMime > MimePart.FIELDS_MAX) {
            reading.cutShort();
        }
        if (types > 1 || encodings > 1) {
            reading.ambiguous(Ambiguity.REPEATED_FIELD);
        }
    }

    private void learn(String name, String rawValue) {
        if (!rawValue.toLowerCase(Locale.ROOT).contains("boundary")) {
            return;
        }
        Set<String> values = Parameters.readingsAndOctets(FieldValues.unfold(rawValue), "boundary");
        if (values.isEmpty()) {
            return;
        }
        if (!name.equals("content-type")) {
            reading.ambiguous(Ambiguity.MISPLACED_BOUNDARY);
        } else if (values.size() > 1 || ENCODED.matcher(rawValue).find()) {
            reading.ambiguous(Ambiguity.ODD_BOUNDARY);
        }
        for (String value : values) {
            add(value.stripTrailing());
        }
    }

    private void add(String boundary) {
        if (boundary.isEmpty()) {
            return;
        }
        if (boundary.length() > LENGTH_MAX || known.size() >= BOUNDARIES_MAX) {
            reading.cutShort();
        } else {
            known.add(boundary);
        }
    }

    /// Whether a line is a delimiter. Looks at the following lines where no field declares it, and puts them back.
    Meaning meaning(Line line, LineSource following) throws IOException {
        byte[] octets = line.octets();
        if (!line.startsLine() || octets.length < 3 || octets[0] != '-' || octets[1] != '-') {
            return Meaning.NONE;
        }
        if (octets.length > LENGTH_MAX + 8) {
            return Meaning.NONE;
        }
        String rest = MimeWalk.latin1(octets, octets.length).substring(2).stripTrailing();
        if (known.contains(rest)) {
            return Meaning.DELIMITER;
        }
        if (rest.endsWith("--") && known.contains(rest.substring(0, rest.length() - 2))) {
            return Meaning.CLOSE_DELIMITER;
        }
        if (contentFieldsFollow(following)) {
            reading.ambiguous(Ambiguity.UNDECLARED_PART);
            add(rest);
            return Meaning.DELIMITER;
        }
        return Meaning.NONE;
    }

    /// Whether the next lines are a header with a content field. Stops at the next line that may be a delimiter, so
    /// no line is looked at twice for this.
    private static boolean contentFieldsFollow(LineSource following) throws IOException {
        List<Line> seen = new ArrayList<>();
        boolean content = false;
        int octets = 0;
        while (octets < LOOK_AHEAD_OCTETS) {
            Line line = following.next();
            if (line == null) {
                break;
            }
            seen.add(line);
            octets += line.octets().length;
            byte first = line.octets()[0];
            if (!line.startsLine()
                    || line.isBlank()
                    || (first == '-' && line.octets().length > 1 && line.octets()[1] == '-')) {
                break;
            }
            if (first == ' ' || first == '\t') {
                continue;
            }
            if (!PartHeader.isField(line)) {
                break;
            }
            content |= MimeWalk.latin1(line.octets(), Math.min(line.octets().length, 8))
                    .equalsIgnoreCase("content-");
        }
        following.pushBack(seen);
        return content;
    }
}
