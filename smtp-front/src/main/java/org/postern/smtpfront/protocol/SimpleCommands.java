// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.api.handler.UnknownCommandHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// RSET, NOOP, QUIT, HELP, VRFY, EXPN, and everything nobody knows. RFC 5321 sections 4.1.1.5 to 4.1.1.10
final class SimpleCommands implements CommandHandler<SMTPSession> {
    private static final List<String> COMMANDS = List.of(
            "HELO",
            "EHLO",
            "STARTTLS",
            "AUTH",
            "MAIL",
            "RCPT",
            "DATA",
            "BDAT",
            "RSET",
            "NOOP",
            "QUIT",
            "HELP",
            "VRFY",
            "EXPN");

    @Override
    public Collection<String> getImplCommands() {
        return List.of("RSET", "NOOP", "QUIT", "HELP", "VRFY", "EXPN", UnknownCommandHandler.COMMAND_IDENTIFIER);
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        Optional<String> argument = Optional.ofNullable(request.getArgument());
        return switch (request.getCommand()) {
            case "NOOP" -> Replied.of(ReplyCode.COMPLETED_250, "2.0.0", "Ok");
            case "VRFY" ->
                // RFC 5321 section 3.5.3; section 7.3 lets a site keep its addresses to itself.
                argument.isEmpty()
                        ? noArgument("VRFY needs an address")
                        : Replied.of(ReplyCode.CANNOT_VERIFY_252, "2.5.0", "Cannot verify, but try to send and see");
            case "EXPN" ->
                // RFC 5321 section 3.5.3: 502 where the command is known and not done.
                argument.isEmpty()
                        ? noArgument("EXPN needs a list")
                        : Replied.of(ReplyCode.COMMAND_NOT_IMPLEMENTED_502, "5.3.3", "Lists are not told here");
            case "HELP" -> help(argument);
            case "RSET" -> argument.isPresent() ? noArgument("RSET has no argument") : reset(james, session);
            case "QUIT" -> argument.isPresent() ? noArgument("QUIT has no argument") : quit(session);
            // A web page can make a browser send these here, and mail in the body of the request.
            case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT" ->
                Replied.last(Reply.of(ReplyCode.SERVICE_NOT_AVAILABLE_421, "4.7.0", "This is SMTP, not HTTP"));
            default -> Replied.of(ReplyCode.SYNTAX_ERROR_500, "5.5.2", "Command not known");
        };
    }

    /// RFC 5321 section 4.1.1.8
    private static Replied help(Optional<String> topic) {
        if (topic.isEmpty()) {
            return Replied.of(ReplyCode.HELP_214, "2.0.0", "Commands: " + String.join(" ", COMMANDS));
        }
        String command = topic.get().strip().toUpperCase(Locale.ROOT);
        return COMMANDS.contains(command)
                ? Replied.of(ReplyCode.HELP_214, "2.0.0", command + " is used here as RFC 5321 and its extensions say")
                : Replied.of(ReplyCode.PARAMETER_NOT_IMPLEMENTED_504, "5.5.4", "No help on that");
    }

    private static Replied noArgument(String text) {
        return Replied.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", text);
    }

    private static Replied reset(SMTPSession james, Session session) {
        session.giveUp("client sent RSET");
        james.resetState();
        return Replied.of(ReplyCode.COMPLETED_250, "2.0.0", "Ok");
    }

    private static Replied quit(Session session) {
        session.giveUp("client sent QUIT");
        return Replied.last(Reply.of(
                ReplyCode.CLOSING_221, "2.0.0", session.farm().identity().hostname() + " says goodbye"));
    }
}
