// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;

/// The bytes of a message as everybody sees them: filters, hashes, signatures, store. Never changed after it was
/// made.
///
/// Made by [MessageContentBuilder]. Any number of threads may read it at once, each through its own stream;
/// interrupting a reader does not harm the others. Whoever made it closes it, after the last reader ended; it
/// then frees its memory or its temporary file.
public sealed interface MessageContent extends AutoCloseable
        permits MemoryContent, FileContent, PrependedContent, ShortenedContent {
    /// The number of octets.
    long size();

    /// A new stream over all octets, from the first; whoever asks for it closes it.
    ///
    /// @throws IOException when the temporary file cannot be read; also while reading, and for file content after
    ///     `close`
    InputStream newInputStream() throws IOException;

    /// Writes all octets, in blocks of at most 64 KiB.
    ///
    /// @throws IOException when the content cannot be read or `out` cannot be written
    default void writeTo(OutputStream out) throws IOException {
        try (InputStream in = newInputStream()) {
            byte[] block = new byte[(int) Math.min(64 * 1024, Math.max(1, size()))];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                out.write(block, 0, n);
            }
        }
    }

    /// The same message with octets put before it, such as trace header fields. Closing the result closes this
    /// content.
    default MessageContent prepend(byte[] octets) {
        return new PrependedContent(octets.clone(), this);
    }

    /// The same message without some fields of its header; all other octets stay as they are. Closing the result
    /// closes this content.
    ///
    /// @param header the header that was read from this very content
    /// @param indexes into the header's fields
    /// @throws IOException when the content cannot be read
    default MessageContent without(MessageHeader header, Set<Integer> indexes) throws IOException {
        if (indexes.isEmpty()) {
            return this;
        }
        byte[] octets;
        try (InputStream in = newInputStream()) {
            octets = in.readNBytes(Math.toIntExact(header.bodyOffset()));
        }
        List<RawHeader.RawField> fields = RawHeader.read(this, header).fields();
        ByteArrayOutputStream kept = new ByteArrayOutputStream(octets.length);
        int at = 0;
        for (int i = 0; i < fields.size(); i++) {
            int length = fields.get(i).octets().length();
            if (!indexes.contains(i)) {
                kept.write(octets, at, length);
            }
            at += length;
        }
        kept.write(octets, at, octets.length - at);
        return new ShortenedContent(kept.toByteArray(), this, header.bodyOffset());
    }

    /// Content over a copy of the given octets.
    static MessageContent of(byte[] octets) {
        return new MemoryContent(octets.clone(), octets.length);
    }

    @Override
    void close();
}
