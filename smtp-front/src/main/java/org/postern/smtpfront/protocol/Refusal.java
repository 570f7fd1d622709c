// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// A command refused.
///
/// @param reply for the client
/// @param detail for the record; may be empty
record Refusal(Reply reply, String detail) {
    static Refusal of(ReplyCode code, String enhanced, String text, String detail) {
        return new Refusal(Reply.of(code, enhanced, text), detail);
    }
}
