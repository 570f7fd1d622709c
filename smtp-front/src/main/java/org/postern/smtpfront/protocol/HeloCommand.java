// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.api.handler.ExtensibleHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.core.esmtp.EhloExtension;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// HELO and EHLO; the lines of the latter come from the handlers that are James `EhloExtension`s. RFC 5321 section
/// 4.1.1.1
final class HeloCommand implements CommandHandler<SMTPSession>, ExtensibleHandler {
    private static final int NAME_MAX = 255;

    private final List<EhloExtension> extensions = new ArrayList<>();

    @Override
    public Collection<String> getImplCommands() {
        return List.of("HELO", "EHLO");
    }

    @Override
    public List<Class<?>> getMarkerInterfaces() {
        return List.of(EhloExtension.class);
    }

    @Override
    public void wireExtensions(Class<?> marker, List<?> handlers) {
        handlers.forEach(handler -> extensions.add((EhloExtension) handler));
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        String name = Optional.ofNullable(request.getArgument()).orElse("").strip();
        if (name.isEmpty() || name.length() > NAME_MAX || name.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            return Replied.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", "Give your name as one domain or address");
        }
        boolean extended = request.getCommand().equals("EHLO");
        // RFC 5321 section 4.1.4: a second greeting works like RSET.
        session.giveUp("client greeted anew");
        james.resetState();
        session.greeted(name, extended);
        String hello = session.farm().identity().hostname() + " greets ["
                + session.clientAddress().getHostAddress() + "]";
        List<String> lines = new ArrayList<>(List.of(hello));
        if (extended) {
            lines.addAll(List.of("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "PRDR"));
            lines.add(limits(session));
            extensions.forEach(extension -> lines.addAll(extension.getImplementedEsmtpFeatures(james)));
        }
        return Replied.of(new Reply(ReplyCode.COMPLETED_250, Optional.empty(), lines));
    }

    /// RFC 9422
    private static String limits(Session session) {
        var limits = session.farm().config().limits();
        return "LIMITS MAILMAX=" + limits.mailsPerSession() + " RCPTMAX=" + limits.recipients();
    }
}
