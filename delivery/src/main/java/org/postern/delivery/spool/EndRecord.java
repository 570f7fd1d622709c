// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The 64 octets after the body. A file without a valid one was never acknowledged.
///
/// @param bodyLength octets of the body
/// @param sha256 of the body
/// @param headerCrc the checksum of the header this belongs to
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record EndRecord(long bodyLength, byte[] sha256, int headerCrc) {
    static final int LENGTH = 64;
    private static final byte[] MAGIC = "POSTEND1".getBytes(StandardCharsets.US_ASCII);

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        out.put(MAGIC).putLong(bodyLength).put(sha256).putInt(headerCrc);
        return out.putInt(LENGTH - 4, checksum(out.array())).array();
    }

    /// @throws DamagedMailException where these octets are no valid record
    static EndRecord parse(byte[] octets) throws DamagedMailException {
        ByteBuffer in = ByteBuffer.wrap(octets);
        if (octets.length != LENGTH
                || !Arrays.equals(octets, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                || in.getInt(LENGTH - 4) != checksum(octets)) {
            throw new DamagedMailException("the END record is not valid");
        }
        byte[] sha256 = new byte[32];
        in.get(16, sha256);
        return new EndRecord(in.getLong(8), sha256, in.getInt(48));
    }

    private static int checksum(byte[] octets) {
        CRC32C crc = new CRC32C();
        crc.update(octets, 0, LENGTH - 4);
        return (int) crc.getValue();
    }
}
