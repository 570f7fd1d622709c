// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.core.esmtp.EhloExtension;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// BDAT: the message in chunks whose length is known before. RFC 3030
final class BdatCommand implements CommandHandler<SMTPSession>, EhloExtension {
    /// Eighteen digits are always a `long`; nobody means more.
    private static final Pattern ARGUMENT = Pattern.compile("(\\d{1,18})(?: +(?i:LAST))?");

    @Override
    public Collection<String> getImplCommands() {
        return List.of("BDAT");
    }

    @Override
    public List<String> getImplementedEsmtpFeatures(SMTPSession james) {
        return Session.of(james).farm().config().binaryMime() ? List.of("CHUNKING", "BINARYMIME") : List.of("CHUNKING");
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        Matcher argument =
                ARGUMENT.matcher(Optional.ofNullable(request.getArgument()).orElse(""));
        if (!argument.matches()) {
            // Nobody can tell where the next command starts, and what is no command must not be read as one.
            return Replied.last(
                    Reply.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", "BDAT needs a number of octets; closing"));
        }
        long octets = Long.parseLong(argument.group(1));
        boolean last = argument.end() > argument.end(1);
        if (session.mail().isEmpty()) {
            return ChunkFollows.refused(octets, ReplyCode.BAD_SEQUENCE_503, "5.5.1", "Send MAIL and RCPT first");
        }
        // Also after a refusal: a message whose beginning is lost must never be taken.
        session.chunksBegan();
        if (session.mail().get().recipientCount() == 0) {
            return ChunkFollows.refused(octets, ReplyCode.TRANSACTION_FAILED_554, "5.5.1", "No valid recipients");
        }
        return ChunkFollows.taken(octets, last);
    }
}
