// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Collection;
import java.util.List;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.core.mail.MailParameters;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.transaction.MailInProgress;

/// DATA: says whether the message may come; what comes then is not lines and goes past James. RFC 5321 section
/// 4.1.1.4
final class DataCommand implements CommandHandler<SMTPSession> {
    @Override
    public Collection<String> getImplCommands() {
        return List.of("DATA");
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        if (request.getArgument() != null) {
            return Replied.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", "DATA has no argument");
        }
        if (session.mail().isEmpty()) {
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "Send MAIL and RCPT first");
        }
        MailInProgress mail = session.mail().get();
        if (session.haveChunksBegun() || mail.parameters().body() == MailParameters.BodyType.BINARY_MIME) {
            // RFC 3030 sections 2 and 3
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "This message comes by BDAT; send BDAT or RSET");
        }
        if (mail.recipientCount() == 0) {
            // RFC 5321 section 3.3: 503 or 554.
            return Replied.of(ReplyCode.TRANSACTION_FAILED_554, "5.5.1", "No valid recipients");
        }
        session.dataFollows();
        return Replied.of(Reply.plain(ReplyCode.START_MAIL_INPUT_354, "End data with <CR><LF>.<CR><LF>"));
    }
}
