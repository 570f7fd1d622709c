// SPDX-License-Identifier: Apache-2.0
package org.postern.core.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postern.core.filter.Assessment;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.TransactionId;
import org.postern.core.reply.Reply;

/// Everything that was decided on one mail transaction, refusals included.
///
/// @param id the transaction
/// @param node the front
/// @param farm the farm
/// @param received when the transaction began
/// @param took from then to the reply
/// @param client who sent it
/// @param sender the reverse path, as written; empty for the null path
/// @param recipients as written
/// @param size octets of the message; 0 when there was none
/// @param assessment the arithmetic; empty when the mail was refused before it was scanned
/// @param storeId the store's name for it; empty when it was not kept
/// @param reply what the client was told
/// @param detail what only the log may say; may be empty
public record DecisionRecord(
        TransactionId id,
        String node,
        String farm,
        Instant received,
        Duration took,
        ClientInfo client,
        String sender,
        List<String> recipients,
        long size,
        Optional<Assessment> assessment,
        Optional<String> storeId,
        Reply reply,
        String detail) {
    public DecisionRecord {
        recipients = List.copyOf(recipients);
    }
}
