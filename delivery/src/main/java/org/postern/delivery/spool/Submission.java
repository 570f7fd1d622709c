// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.time.Instant;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;

/// A mail that asks to be kept: everything but its octets.
///
/// @param id the name the mail has from here on; at most one mail of one id is ever kept
/// @param dedupKey recognises the same mail under another id
/// @param envelope for whom
/// @param disposition deliver, or keep apart
/// @param bodyLength exactly how many octets will come
/// @param provable whether whoever hands over reports that the sender saw the 250; only then is a mail of the
///     same key recognised as the same
/// @param received when it came
public record Submission(
        HandoffId id,
        DedupKey dedupKey,
        Envelope envelope,
        Disposition disposition,
        long bodyLength,
        boolean provable,
        Instant received) {
    public Submission {
        if (bodyLength < 0) {
            throw new IllegalArgumentException("a length cannot be negative: " + bodyLength);
        }
        if (envelope.recipients().size() > EnvelopeCodec.RECIPIENTS_MAX) {
            throw new IllegalArgumentException(
                    "too many recipients: " + envelope.recipients().size());
        }
    }
}
