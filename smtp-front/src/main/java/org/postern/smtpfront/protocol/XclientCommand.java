// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.core.esmtp.EhloExtension;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ForwardPath;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// XCLIENT: a trusted peer says for whom it speaks (Postfix, XCLIENT_README).
final class XclientCommand implements CommandHandler<SMTPSession>, EhloExtension {
    private static final Duration DIRECTORY_MAX = Duration.ofSeconds(20);
    private static final int HELO_MAX = 255;

    @Override
    public Collection<String> getImplCommands() {
        return List.of("XCLIENT");
    }

    @Override
    public List<String> getImplementedEsmtpFeatures(SMTPSession james) {
        return Session.of(james).mayAnnounceClients()
                ? List.of("XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT")
                : List.of();
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        if (!session.mayAnnounceClients()) {
            return Replied.of(ReplyCode.MAILBOX_UNAVAILABLE_550, "5.7.0", "Not allowed to speak for others");
        }
        if (session.mail().isPresent()) {
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "A mail transaction is open");
        }
        try {
            String argument = Optional.ofNullable(request.getArgument()).orElse("");
            return announce(james, session, XclientArguments.parse(argument));
        } catch (IllegalArgumentException e) {
            return Replied.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", "XCLIENT not understood: " + Texts.safe(e));
        }
    }

    private static Replied announce(SMTPSession james, Session session, XclientArguments client) {
        if (client.helo()
                .filter(name -> name.length() > HELO_MAX || name.contains(" "))
                .isPresent()) {
            throw new IllegalArgumentException("HELO is one name");
        }
        Optional<Lookup<Account>> account = client.login().map(login -> account(session, login));
        if (account.isPresent() && !(account.get() instanceof Lookup.Known<Account>)) {
            // The peer logged somebody in whom we do not know, or cannot look up now.
            return account.get() instanceof Lookup.Unknown<Account>
                    ? Replied.of(ReplyCode.MAILBOX_UNAVAILABLE_550, "5.7.0", "That login is not known here")
                    : Replied.of(ReplyCode.LOCAL_ERROR_451, "4.3.0", "Login cannot be verified now, try again later");
        }
        james.resetState();
        Optional<Reply> refusal = session.announced(client);
        if (refusal.isPresent()) {
            return Replied.last(refusal.get());
        }
        if (account.isPresent() && account.get() instanceof Lookup.Known<Account>(Account known)) {
            session.loggedIn(known, known.address().toString());
        }
        return Replied.of(Reply.plain(
                ReplyCode.SERVICE_READY_220, session.farm().identity().hostname() + " ESMTP Postern"));
    }

    private static Lookup<Account> account(Session session, String login) {
        Lookup<Account> found =
                session.farm().with().directory().recipient(ForwardPath.parse(login), Deadline.in(DIRECTORY_MAX));
        return found instanceof Lookup.Known<Account>(Account account)
                        && !account.status().mayLogIn()
                ? new Lookup.Unknown<>()
                : found;
    }
}
