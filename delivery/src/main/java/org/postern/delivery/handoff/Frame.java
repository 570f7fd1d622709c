// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// One frame of the protocol: a type octet, the length of the payload as 32 bits, the payload.
///
/// @param type see `docs/reference/handoff.md`
/// @param payload at most [#PAYLOAD_MAX] octets
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Frame(char type, byte[] payload) {
    static final int PAYLOAD_MAX = 4 * 1024 * 1024;

    static final char HELLO = 'H';
    static final char MAIL = 'M';
    static final char TRAILER = 'T';
    static final char STATUS = 'Q';
    static final char ABORT = 'X';
    static final char PROVEN = 'P';
    static final char PING = 'I';

    static final char KEPT = 'K';
    static final char TEMPORARY = 'Z';
    static final char PERMANENT = 'D';
    static final char ANSWER = 'A';
    static final char PONG = 'O';
    static final char ERROR = 'E';

    /// Fills a payload.
    interface Payload {
        void writeTo(DataOutputStream out) throws IOException;
    }

    static Frame of(char type, Payload payload) {
        try {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            payload.writeTo(new DataOutputStream(octets));
            if (octets.size() > PAYLOAD_MAX) {
                throw new IllegalArgumentException("a frame of " + octets.size() + " octets is too long");
            }
            return new Frame(type, octets.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads a frame. The buffer grows with the octets that come, not with the length that is claimed.
    static Frame read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int type = data.readUnsignedByte();
        int length = data.readInt();
        if (length < 0 || length > PAYLOAD_MAX) {
            throw new ProtocolException("a frame claims " + Integer.toUnsignedString(length) + " octets");
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new java.io.EOFException("the connection ended inside a frame");
        }
        return new Frame((char) type, payload);
    }

    void write(OutputStream out) throws IOException {
        byte[] head = {
            (byte) type,
            (byte) (payload.length >>> 24),
            (byte) (payload.length >>> 16),
            (byte) (payload.length >>> 8),
            (byte) payload.length
        };
        out.write(head);
        out.write(payload);
    }

    DataInputStream data() {
        return new DataInputStream(new ByteArrayInputStream(payload));
    }

    /// The payload must have been read to its end.
    static void requireEnd(DataInputStream in) throws IOException {
        if (in.read() >= 0) {
            throw new ProtocolException("a frame is longer than what it says");
        }
    }
}
