// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.RawHeader;
import org.postern.delivery.spool.StoredMail;

/// The header of a mail in the spool, read once for all who ask about it.
///
/// @param header its fields
/// @param octets the fields as they stand, each with its line end; octets as ISO-8859-1 characters
public record OriginalHeader(MessageHeader header, String octets) {
    /// Longer headers are cut.
    private static final int MAX = 256 * 1024;

    public static OriginalHeader of(StoredMail mail) throws IOException {
        byte[] top;
        try (InputStream in = mail.body()) {
            top = in.readNBytes((int) Math.min(MAX, mail.bodyLength()));
        }
        try (MessageContent content = MessageContent.of(top)) {
            MessageHeader header = MessageHeader.read(content, new ByteSize(MAX));
            StringBuilder octets = new StringBuilder();
            RawHeader.read(content, header).fields().forEach(field -> octets.append(field.octets()));
            return new OriginalHeader(header, octets.toString());
        }
    }

    /// Whether a front of ours tagged the mail as spam. Fronts put their result above everything that came;
    /// only fields of this store's own forwards may stand above it.
    public boolean taggedAsSpam() {
        for (HeaderField field : header.fields()) {
            if (field.is("X-Postern-Result")) {
                return field.value().startsWith("tag ");
            }
            if (!field.is("Delivered-To")) {
                return false;
            }
        }
        return false;
    }

    /// How many hosts it went through. RFC 5321 section 6.3.
    public int hops() {
        return Math.toIntExact(header.all("Received").count());
    }

    /// Whether the header holds anything beside US-ASCII. RFC 6532.
    public boolean isInternational() {
        return octets.chars().anyMatch(c -> c > 0x7f);
    }

    List<HeaderField> fields() {
        return header.fields();
    }

    /// The header as text for a part of its own.
    byte[] text() {
        return octets.getBytes(StandardCharsets.ISO_8859_1);
    }
}
