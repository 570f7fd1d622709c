// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.HandoffId;

/// The first block of a spool file: what the mail is and for whom, under a CRC32C of its own.
///
/// @param submission what it says
/// @param length octets of the block, a multiple of 512
/// @param crc its checksum, repeated in every later record so that parts of two files cannot be mixed
record MailHeader(Submission submission, int length, int crc) {
    static final int LENGTH_MAX = 8 * 1024 * 1024;

    private static final byte[] MAGIC = "POSTERN1".getBytes(StandardCharsets.US_ASCII);
    private static final int PREFIX = 16;
    private static final int ALIGNMENT = 512;

    /// The block for a mail.
    static byte[] encode(Submission submission) {
        try {
            ByteArrayOutputStream octets = new ByteArrayOutputStream(ALIGNMENT);
            DataOutputStream out = new DataOutputStream(octets);
            out.write(MAGIC);
            out.writeLong(0);
            out.writeLong(submission.bodyLength());
            out.writeLong(submission.received().toEpochMilli());
            out.writeByte(EnvelopeCodec.code(submission.disposition()));
            out.writeByte(submission.provable() ? 1 : 0);
            out.write(HexFormat.of().parseHex(submission.dedupKey().hex()));
            EnvelopeCodec.writeString(out, submission.id().toString());
            EnvelopeCodec.write(submission.envelope(), out);
            byte[] block = Arrays.copyOf(octets.toByteArray(), (octets.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
            ByteBuffer.wrap(block).putInt(8, block.length);
            ByteBuffer.wrap(block).putInt(12, checksum(block));
            return block;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int crcOf(byte[] block) {
        return ByteBuffer.wrap(block).getInt(12);
    }

    /// The length of the whole block, from its first 16 octets.
    ///
    /// @throws DamagedMailException where this is not the start of a block
    static int lengthOf(byte[] prefix) throws DamagedMailException {
        int length = ByteBuffer.wrap(prefix).getInt(8);
        if (!Arrays.equals(prefix, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new DamagedMailException("the header does not start as one");
        }
        if (length < ALIGNMENT || length > LENGTH_MAX || length % ALIGNMENT != 0) {
            throw new DamagedMailException("the header claims " + length + " octets");
        }
        return length;
    }

    static int prefixLength() {
        return PREFIX;
    }

    /// Reads the whole block.
    static MailHeader parse(byte[] block) throws DamagedMailException {
        int crc = crcOf(block);
        if (lengthOf(block) != block.length || crc != checksum(block)) {
            throw new DamagedMailException("the header's checksum is wrong");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(block))) {
            in.skipNBytes(PREFIX);
            long bodyLength = in.readLong();
            Instant received = Instant.ofEpochMilli(in.readLong());
            int disposition = in.readUnsignedByte();
            boolean provable = in.readUnsignedByte() == 1;
            DedupKey key = new DedupKey(HexFormat.of().formatHex(in.readNBytes(32)));
            HandoffId id = HandoffId.parse(EnvelopeCodec.readString(in));
            return new MailHeader(
                    new Submission(
                            id,
                            key,
                            EnvelopeCodec.read(in),
                            EnvelopeCodec.disposition(disposition),
                            bodyLength,
                            provable,
                            received),
                    block.length,
                    crc);
        } catch (IOException | IllegalArgumentException e) {
            throw new DamagedMailException("the header cannot be read: " + e.getMessage());
        }
    }

    private static int checksum(byte[] block) {
        CRC32C crc = new CRC32C();
        crc.update(block, 0, 12);
        crc.update(block, PREFIX, block.length - PREFIX);
        return (int) crc.getValue();
    }
}
