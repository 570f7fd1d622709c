// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// One thing that happened to a mail after it was accepted: 64 octets and a text, appended to its file.
///
/// @param type what
/// @param recipient which recipient; -1 for the whole mail
/// @param timeMillis when, since 1970
/// @param nextMillis when the mail is tried next; for `NEXT` and `RELEASE`
/// @param attempts tries so far; not for `DONE` and `FAIL`
/// @param text for people
record StateRecord(Type type, int recipient, long timeMillis, long nextMillis, int attempts, String text) {
    static final int LENGTH = 64;
    static final int TEXT_MAX = 400;
    private static final short MAGIC = 0x5053;

    /// What happened.
    enum Type implements Coded {
        NEXT(1),
        DONE(2),
        FAIL(3),
        /// Not to be delivered until released.
        HOLD(4),
        /// Not held any more.
        RELEASE(5);

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

    byte[] encode(int headerCrc) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        byte[] kept = Arrays.copyOf(octets, Math.min(octets.length, TEXT_MAX));
        ByteBuffer out = ByteBuffer.allocate(LENGTH + kept.length);
        out.putShort(MAGIC).put((byte) type.code()).put((byte) 1);
        out.putInt(recipient).putLong(timeMillis).putLong(nextMillis).putInt(attempts);
        out.putInt(headerCrc).putInt(kept.length);
        out.put(LENGTH, kept);
        return out.putInt(LENGTH - 4, checksum(out.array(), 0, out.capacity())).array();
    }

    /// How long the valid record at `offset` is.
    static int lengthAt(byte[] octets, int offset) {
        return LENGTH + ByteBuffer.wrap(octets).getInt(offset + 32);
    }

    /// Reads the record at `offset`; throws where there is no valid one of this mail.
    static StateRecord parse(byte[] octets, int offset, int headerCrc) throws DamagedMailException {
        int left = octets.length - offset;
        ByteBuffer in = ByteBuffer.wrap(octets, offset, left).slice();
        if (left < LENGTH || in.getShort(0) != MAGIC || in.get(3) != 1 || in.getInt(28) != headerCrc) {
            throw new DamagedMailException("a state record is not valid");
        }
        int textLength = in.getInt(32);
        Optional<Type> type = Type.of(in.get(2));
        if (textLength < 0
                || textLength > Math.min(TEXT_MAX, left - LENGTH)
                || type.isEmpty()
                || in.getInt(LENGTH - 4) != checksum(octets, offset, LENGTH + textLength)) {
            throw new DamagedMailException("a state record's checksum is wrong");
        }
        return new StateRecord(
                type.get(),
                in.getInt(4),
                in.getLong(8),
                in.getLong(16),
                in.getInt(24),
                new String(octets, offset + LENGTH, textLength, StandardCharsets.UTF_8));
    }

    private static int checksum(byte[] octets, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(octets, offset, LENGTH - 4);
        crc.update(octets, offset + LENGTH, length - LENGTH);
        return (int) crc.getValue();
    }
}
