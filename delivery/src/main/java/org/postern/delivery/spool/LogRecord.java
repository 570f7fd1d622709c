// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.postern.core.handoff.HandoffId;

/// One line of the memory of handoffs: 192 octets, so that a damaged one hurts no other.
///
/// @param type what happened
/// @param timeMillis when
/// @param id to which handoff
/// @param fingerprint of its deduplication key; zeros where it has none
/// @param sha256 of its body; zeros where it has none
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record LogRecord(Type type, long timeMillis, HandoffId id, Fingerprint fingerprint, byte[] sha256) {
    static final int LENGTH = 192;
    static final Fingerprint NO_FINGERPRINT = new Fingerprint(0, 0);
    private static final short MAGIC = 0x5044;
    private static final int ID_MAX = 96;

    /// What happened.
    enum Type implements Coded {
        /// Kept, and the sender may not have seen the 250.
        ACCEPTED(1),
        /// Nothing is left to do; the file goes away.
        COMPLETE(2),
        /// The sender saw the 250.
        PROVEN(3),
        /// Never to be accepted.
        ABORTED(4),
        /// Answered "duplicate" because the mail was there under another id.
        SAME_AS(5);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }

        static Optional<Type> of(int code) {
            return Coded.find(values(), code);
        }
    }

    static byte[] noHash() {
        return new byte[32];
    }

    byte[] encode() {
        byte[] name = id.toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        out.putShort(MAGIC).put((byte) type.code()).put((byte) name.length).putLong(timeMillis);
        out.putLong(fingerprint.high()).putLong(fingerprint.low()).put(sha256);
        out.put(name);
        return out.putInt(LENGTH - 4, checksum(out.array(), 0)).array();
    }

    /// Reads the record at `from`; empty where it is damaged.
    static Optional<LogRecord> parse(byte[] octets, int from) {
        if (octets.length - from < LENGTH) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(octets, from, LENGTH).slice();
        if (in.getShort(0) != MAGIC || in.getInt(LENGTH - 4) != checksum(octets, from)) {
            return Optional.empty();
        }
        Optional<Type> type = Type.of(in.get(2));
        int nameLength = in.get(3);
        if (type.isEmpty() || nameLength < 1 || nameLength > ID_MAX) {
            return Optional.empty();
        }
        try {
            return Optional.of(new LogRecord(
                    type.get(),
                    in.getLong(4),
                    HandoffId.parse(new String(octets, from + 60, nameLength, StandardCharsets.US_ASCII)),
                    new Fingerprint(in.getLong(12), in.getLong(20)),
                    Arrays.copyOfRange(octets, from + 28, from + 60)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int checksum(byte[] octets, int from) {
        CRC32C crc = new CRC32C();
        crc.update(octets, from, LENGTH - 4);
        return (int) crc.getValue();
    }
}
