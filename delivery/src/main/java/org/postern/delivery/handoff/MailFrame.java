// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;
import org.postern.delivery.spool.EnvelopeCodec;

/// What stands before the octets of a mail.
///
/// @param id kept for every retry
/// @param dedupKey recognises the same mail
/// @param timeLeft how long the front will wait
/// @param disposition deliver, or keep apart
/// @param bodyLength how many octets follow
/// @param envelope for whom
record MailFrame(
        HandoffId id,
        DedupKey dedupKey,
        Duration timeLeft,
        Disposition disposition,
        long bodyLength,
        Envelope envelope) {
    Frame frame() {
        return Frame.of(Frame.MAIL, out -> {
            EnvelopeCodec.writeString(out, id.toString());
            out.write(HexFormat.of().parseHex(dedupKey.hex()));
            out.writeInt((int) Math.min(Integer.MAX_VALUE, timeLeft.toMillis()));
            out.writeByte(EnvelopeCodec.code(disposition));
            out.writeLong(bodyLength);
            EnvelopeCodec.write(envelope, out);
        });
    }

    static MailFrame parse(Frame frame) throws IOException {
        try (DataInputStream in = frame.data()) {
            HandoffId id = HandoffId.parse(EnvelopeCodec.readString(in));
            byte[] key = new byte[32];
            in.readFully(key);
            int millis = in.readInt();
            int disposition = in.readUnsignedByte();
            long bodyLength = in.readLong();
            if (millis < 0 || bodyLength < 0) {
                throw new ProtocolException("a mail with impossible numbers");
            }
            Envelope envelope = EnvelopeCodec.read(in);
            Frame.requireEnd(in);
            return new MailFrame(
                    id,
                    new DedupKey(HexFormat.of().formatHex(key)),
                    Duration.ofMillis(millis),
                    EnvelopeCodec.disposition(disposition),
                    bodyLength,
                    envelope);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("not a mail: " + e.getMessage());
        }
    }
}
