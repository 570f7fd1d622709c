// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.core.limits.ByteSize;

/// The header of a message, and the one place that decides where it ends.
///
/// The header ends at the first empty line, or before the first line that can be neither a field nor a
/// continuation; everybody who asks gets this same answer. RFC 5322 section 2.1.
///
/// @param fields in the order they stand
/// @param bodyOffset the offset in octets at which the body starts; equal to the size of the message when there
///     is no body
/// @param wellFormed false when the header ended at a line that is no field, or was cut
/// @param cut whether the header was longer than a bound it was read with
public record MessageHeader(List<HeaderField> fields, long bodyOffset, boolean wellFormed, boolean cut) {
    /// More fields are not read: each costs memory, however short it is.
    public static final int FIELDS_MAX = 5_000;

    public MessageHeader {
        fields = List.copyOf(fields);
    }

    /// Reads the header of a message.
    ///
    /// @param max the header is cut before the first line that ends beyond this many octets, or that begins one
    ///     field more than [#FIELDS_MAX]; what follows then counts as body
    /// @throws IOException when the content cannot be read
    public static MessageHeader read(MessageContent content, ByteSize max) throws IOException {
        try (InputStream in = content.newInputStream()) {
            return new Reader(in, max.bytes()).read();
        }
    }

    /// All fields of that name, first to last; case does not matter.
    public Stream<HeaderField> all(String name) {
        return fields.stream().filter(field -> field.is(name));
    }

    /// The first field of that name.
    public Optional<HeaderField> first(String name) {
        return all(name).findFirst();
    }

    private static final class Reader {
        private final InputStream in;
        private final long max;
        private final List<HeaderField> fields = new ArrayList<>();
        private final ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        private final StringBuilder field = new StringBuilder();
        private long offset;

        Reader(InputStream in, long max) {
            this.in = in;
            this.max = max;
        }

        MessageHeader read() throws IOException {
            while (true) {
                long lineStart = offset;
                boolean complete = readLine();
                if (offset > max) {
                    return cut(lineStart);
                }
                String text = line.toString(StandardCharsets.ISO_8859_1);
                if (text.equals("\r\n")) {
                    return end(offset, true);
                }
                if (text.isEmpty()) {
                    return end(offset, true);
                }
                if (isContinuation(text)) {
                    if (field.isEmpty()) {
                        return end(lineStart, false);
                    }
                } else if (isField(text)) {
                    finishField();
                    if (fields.size() == FIELDS_MAX) {
                        return cut(lineStart);
                    }
                } else {
                    return end(lineStart, false);
                }
                field.append(text);
                if (!complete) {
                    return end(offset, true);
                }
            }
        }

        /// Reads up to and with the next CRLF; false at the end of the message.
        private boolean readLine() throws IOException {
            line.reset();
            int before = -1;
            while (offset <= max) {
                int octet = in.read();
                if (octet < 0) {
                    return false;
                }
                offset++;
                line.write(octet);
                if (octet == '\n' && before == '\r') {
                    return true;
                }
                before = octet;
            }
            return false;
        }

        private static boolean isContinuation(String text) {
            return text.charAt(0) == ' ' || text.charAt(0) == '\t';
        }

        /// RFC 5322 section 2.2: printable US-ASCII but colon; blanks before the colon are the obsolete form of
        /// section 4.5.
        private static boolean isField(String text) {
            int colon = text.indexOf(':');
            if (colon < 1) {
                return false;
            }
            String name = text.substring(0, colon).stripTrailing();
            return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
        }

        private void finishField() {
            if (field.isEmpty()) {
                return;
            }
            int colon = field.indexOf(":");
            int end = field.length();
            if (end >= 2 && field.charAt(end - 1) == '\n') {
                end -= 2;
            }
            fields.add(new HeaderField(
                    field.substring(0, colon).stripTrailing(), end <= colon ? "" : field.substring(colon + 1, end)));
            field.setLength(0);
        }

        private MessageHeader end(long bodyOffset, boolean wellFormed) {
            finishField();
            return new MessageHeader(fields, bodyOffset, wellFormed, false);
        }

        private MessageHeader cut(long bodyOffset) {
            finishField();
            return new MessageHeader(fields, bodyOffset, false, true);
        }
    }
}
