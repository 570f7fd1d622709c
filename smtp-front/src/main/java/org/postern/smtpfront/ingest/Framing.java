// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

/// How a message stands in what the client sends. One thread at a time.
sealed interface Framing permits DataReader, ChunkReader {
    /// Reads octets from `from` up to `to` or the end of the message or chunk, whichever comes first, and returns
    /// the offset after the last one read.
    int read(byte[] octets, int from, int to);

    /// How many octets are surely still to come; 0 where nobody has said.
    long announced();

    /// Whether the end of the message was read.
    boolean ended();

    /// Whether there was a CR or an LF on its own where none may be.
    boolean sawBareLineEnd();
}
