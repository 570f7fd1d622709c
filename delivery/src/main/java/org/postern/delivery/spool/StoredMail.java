// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;

/// A mail in the spool as a delivery sees it. Used by whoever holds its lease.
public interface StoredMail {
    HandoffId id();

    Envelope envelope();

    Disposition disposition();

    /// When it was accepted.
    Instant received();

    long bodyLength();

    /// Tries so far, this one not counted.
    int attempts();

    /// When the try before this one ended; when it was accepted where this is the first.
    Instant lastAttempt();

    /// One state a recipient, in the order of the envelope.
    List<RecipientState> recipients();

    /// A new stream over the body. Its last read throws [DamagedMailException] where the octets are not
    /// those that were acknowledged: nothing may become visible before the stream was read to its end.
    InputStream body() throws IOException;

    /// Takes octets, which are its own only during the call.
    interface Target {
        void write(byte[] octets, int offset, int length) throws IOException;
    }

    /// Writes the whole body, as [#body] has it.
    default void copyTo(Target target) throws IOException {
        try (InputStream in = body()) {
            byte[] block = new byte[Math.clamp(bodyLength(), 1, 64 * 1024)];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                target.write(block, 0, n);
            }
        }
    }
}
