// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The octets of each field of a header, in the same order as [MessageHeader#fields()], for what counts octets:
/// signatures, and taking fields out.
///
/// It does not look for the end of the header: that was decided once, by [MessageHeader].
///
/// @param fields one for each field of the header
public record RawHeader(List<RawField> fields) {
    public RawHeader {
        fields = List.copyOf(fields);
    }

    /// One field as it stands in the message.
    ///
    /// @param offset of its first octet in the message
    /// @param octets the field with its final CRLF (which only the last field of a message without body may lack);
    /// octets as ISO-8859-1 characters
    public record RawField(long offset, String octets) {}

    /// Reads the octets before the body of a message.
    ///
    /// @param header the header that was read from this very content
    /// @throws IOException when the content cannot be read
    public static RawHeader read(MessageContent content, MessageHeader header) throws IOException {
        byte[] octets;
        try (InputStream in = content.newInputStream()) {
            octets = in.readNBytes(Math.toIntExact(header.bodyOffset()));
        }
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        List<RawField> fields = new ArrayList<>(header.fields().size());
        int start = 0;
        while (fields.size() < header.fields().size()) {
            int end = endOfField(text, start);
            fields.add(new RawField(start, text.substring(start, end)));
            start = end;
        }
        return new RawHeader(fields);
    }

    /// After the first CRLF that no blank follows. RFC 5322 section 2.2.3.
    private static int endOfField(String text, int start) {
        int at = start;
        while (true) {
            int lineEnd = text.indexOf("\r\n", at);
            if (lineEnd < 0) {
                return text.length();
            }
            at = lineEnd + 2;
            if (at >= text.length() || (text.charAt(at) != ' ' && text.charAt(at) != '\t')) {
                return at;
            }
        }
    }
}
