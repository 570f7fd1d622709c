// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.core.esmtp.EhloExtension;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.ReversePath;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.transaction.MailInProgress;
import org.postern.smtpfront.transaction.Outcome;

/// MAIL, with the extensions SIZE (RFC 1870) and REQUIRETLS (RFC 8689). RFC 5321 section 4.1.1.2
final class MailCommand implements CommandHandler<SMTPSession>, EhloExtension {
    @Override
    public Collection<String> getImplCommands() {
        return List.of("MAIL");
    }

    @Override
    public List<String> getImplementedEsmtpFeatures(SMTPSession james) {
        Session session = Session.of(james);
        String size = "SIZE " + session.farm().config().limits().messageSize().bytes();
        // RFC 8689 section 2: only under TLS.
        return session.tlsActive() ? List.of(size, "REQUIRETLS") : List.of(size);
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        if (session.visit().usersOnly()) {
            session.visit().barred(Bar.RESERVED);
            return Replied.last(Reply.of(
                    ReplyCode.SERVICE_NOT_AVAILABLE_421, "4.3.2", "Only users are served now, try again later"));
        }
        if (!session.greeted()) {
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "Send HELO or EHLO first");
        }
        if (session.mail().isPresent()) {
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "A mail transaction is open; send RSET to end it");
        }
        PathArgument argument;
        ReversePath sender;
        try {
            argument = PathArgument.parse(
                    "FROM", Optional.ofNullable(request.getArgument()).orElse(""));
            sender = ReversePath.parse(argument.path());
        } catch (IllegalArgumentException e) {
            return Replied.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.1.7", "Sender not understood: " + Texts.safe(e));
        }
        return begin(session, sender, argument.path(), argument.parameters());
    }

    private static Replied begin(Session session, ReversePath sender, String path, Map<String, String> given) {
        return switch (MailArguments.read(given, session)) {
            case MailArguments.Refused(Reply reply) -> refuse(session, sender, reply, "");
            case MailArguments.Usable usable -> {
                if (Texts.needsUtf8(path) && !usable.parameters().smtputf8()) {
                    yield refuse(session, sender, Texts.UTF8_NOT_ASKED_FOR, "");
                }
                Optional<Refusal> refusal = SenderCheck.check(session, sender);
                if (refusal.isPresent()) {
                    yield refuse(
                            session,
                            sender,
                            refusal.get().reply(),
                            refusal.get().detail());
                }
                MailInProgress mail = usable.of(sender);
                if (session.farm().admission().sender(sender).isPresent()) {
                    // A rule that denies would have refused it.
                    mail.spareGreylisting();
                }
                session.begin(mail);
                yield Replied.of(ReplyCode.COMPLETED_250, "2.1.0", "Sender ok");
            }
        };
    }

    private static Replied refuse(Session session, ReversePath sender, Reply reply, String detail) {
        session.begin(new MailInProgress(sender, MailParameters.NONE, Instant.now()));
        session.end(Outcome.refused(reply, 0, detail));
        return Replied.of(reply);
    }
}
