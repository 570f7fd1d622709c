// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.apache.james.protocols.api.BaseRequest;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandDispatcher;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.transaction.Failures;

/// Gives each command to its handler: James' dispatcher with a stricter reading of lines, and with failures turned
/// into replies where all of them are.
final class Dispatcher extends CommandDispatcher<SMTPSession> {
    private static final Set<String> BEFORE_TLS = Set.of("EHLO", "HELO", "STARTTLS", "NOOP", "QUIT", "HELP", "XCLIENT");

    /// The verb ends at the first blank; the argument is absent where nothing but blanks follows.
    @Override
    protected Request parseRequest(SMTPSession session, byte[] line) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(line))
                .toString()
                .stripTrailing();
        int blank = text.indexOf(' ');
        String verb = (blank < 0 ? text : text.substring(0, blank)).toUpperCase(Locale.ROOT);
        return new BaseRequest(verb, blank < 0 ? null : text.substring(blank + 1));
    }

    @Override
    public Response onLine(SMTPSession session, byte[] line) {
        Request request;
        try {
            request = parseRequest(session, line);
        } catch (CharacterCodingException e) {
            return Replied.of(ReplyCode.SYNTAX_ERROR_500, "5.5.2", "Command is not UTF-8");
        }
        if (Session.of(session).tlsMissing() && !BEFORE_TLS.contains(request.getCommand())) {
            // RFC 3207 section 4
            return Replied.of(ReplyCode.AUTHENTICATION_REQUIRED_530, "5.7.0", "Send STARTTLS first");
        }
        try {
            return dispatchCommandHandlers(session, request);
        } catch (RuntimeException e) {
            return Replied.of(Failures.reply("command " + Texts.safe(request.getCommand()), e));
        }
    }
}
