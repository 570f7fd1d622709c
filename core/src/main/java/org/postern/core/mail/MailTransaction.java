// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/// One mail at the moment it is judged: everything a filter may look at.
///
/// @param id names the transaction everywhere
/// @param farm the farm that took it in, such as `mx` or `submission`
/// @param client who sent it
/// @param envelope for whom
/// @param content the message without any header field of ours; owned by whoever made it, filters only read
/// @param digest the digest of that content
/// @param header the header of that content
/// @param received when the first octet of the message came
public record MailTransaction(
        TransactionId id,
        String farm,
        ClientInfo client,
        Envelope envelope,
        MessageContent content,
        ContentDigest digest,
        MessageHeader header,
        Instant received) {
    /// Reads the content for its digest, for whoever has not seen it pass by.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public MailTransaction(
            TransactionId id,
            String farm,
            ClientInfo client,
            Envelope envelope,
            MessageContent content,
            MessageHeader header,
            Instant received) {
        this(id, farm, client, envelope, content, digestOf(content), header, received);
    }

    private static ContentDigest digestOf(MessageContent content) {
        try {
            return ContentDigest.of(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
