// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

import org.postern.core.mail.Envelope;
import org.postern.core.mail.MessageContent;

/// One mail on its way from a front to the store.
///
/// @param id kept for every retry
/// @param dedupKey recognises the same mail from a sender that never saw our 250
/// @param envelope for whom
/// @param content the message with the front's trace header fields on top; owned by the front, the store only reads
/// @param disposition deliver, or keep apart
public record Handoff(
        HandoffId id, DedupKey dedupKey, Envelope envelope, MessageContent content, Disposition disposition) {}
