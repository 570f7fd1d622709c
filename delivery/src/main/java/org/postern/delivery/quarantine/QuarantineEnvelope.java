// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;
import org.postern.delivery.spool.EnvelopeCodec;
import org.postern.delivery.spool.StoredMail;

/// What the quarantine keeps of a mail beside its octets.
///
/// @param id its handoff
/// @param received when it was accepted
/// @param envelope from whom and for whom
record QuarantineEnvelope(HandoffId id, Instant received, Envelope envelope) {
    static QuarantineEnvelope of(StoredMail mail) {
        return new QuarantineEnvelope(mail.id(), mail.received(), mail.envelope());
    }

    void write(DataOutputStream out) throws IOException {
        EnvelopeCodec.writeString(out, "postern-quarantine 1");
        EnvelopeCodec.writeString(out, id.toString());
        out.writeLong(received.toEpochMilli());
        EnvelopeCodec.write(envelope, out);
    }

    static QuarantineEnvelope read(DataInputStream in) throws IOException {
        if (!EnvelopeCodec.readString(in).equals("postern-quarantine 1")) {
            throw new IOException("not a quarantine envelope");
        }
        try {
            HandoffId id = HandoffId.parse(EnvelopeCodec.readString(in));
            Instant received = Instant.ofEpochMilli(in.readLong());
            return new QuarantineEnvelope(id, received, EnvelopeCodec.read(in));
        } catch (IllegalArgumentException e) {
            throw new IOException("not a quarantine envelope", e);
        }
    }
}
