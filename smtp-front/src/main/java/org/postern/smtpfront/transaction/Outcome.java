// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.util.Optional;
import org.postern.core.filter.Assessment;
import org.postern.core.reply.Reply;

/// How a mail transaction ended.
///
/// @param reply what the client is told
/// @param size octets of the message, 0 without one
/// @param assessment the arithmetic, where it came to that
/// @param storeId the store's name for the mail, where it is kept
/// @param detail what only the log may say; may be empty
public record Outcome(
        Reply reply, long size, Optional<Assessment> assessment, Optional<String> storeId, String detail) {
    /// Refused before anybody judged it.
    public static Outcome refused(Reply reply, long size, String detail) {
        return new Outcome(reply, size, Optional.empty(), Optional.empty(), detail);
    }
}
