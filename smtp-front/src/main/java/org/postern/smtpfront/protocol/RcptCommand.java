// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.Recipient;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.admission.Rule;
import org.postern.smtpfront.transaction.MailInProgress;

/// RCPT. RFC 5321 section 4.1.1.3
final class RcptCommand implements CommandHandler<SMTPSession> {
    @Override
    public Collection<String> getImplCommands() {
        return List.of("RCPT");
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        if (session.mail().isEmpty()) {
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "Send MAIL first");
        }
        if (session.haveChunksBegun()) {
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "The message has begun; send BDAT or RSET");
        }
        MailInProgress mail = session.mail().get();
        if (mail.recipientCount() >= session.farm().config().limits().recipients()) {
            // RFC 5321 section 4.5.3.1.10
            return refuse(
                    mail, "", Refusal.of(ReplyCode.INSUFFICIENT_STORAGE_452, "4.5.3", "Too many recipients", "limit"));
        }
        String text = Optional.ofNullable(request.getArgument()).orElse("");
        try {
            PathArgument argument = PathArgument.parse("TO", text);
            return switch (RcptArguments.read(argument.parameters())) {
                case RcptArguments.Refused(Reply reply) ->
                    refuse(mail, Texts.safe(argument.path()), new Refusal(reply, ""));
                case RcptArguments.Usable usable -> {
                    if (Texts.needsUtf8(argument.path()) && !mail.parameters().smtputf8()) {
                        yield refuse(mail, Texts.safe(argument.path()), new Refusal(Texts.UTF8_NOT_ASKED_FOR, ""));
                    }
                    yield add(session, mail, usable.of(forwardPath(session.farm(), argument.path())));
                }
            };
        } catch (IllegalArgumentException e) {
            Reply reply = Reply.of(
                    ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.1.3", "Recipient not understood: " + Texts.safe(e));
            return refuse(mail, Texts.safe(text), new Refusal(reply, ""));
        }
    }

    /// The bare postmaster is the one of this host. RFC 5321 section 4.5.1
    private static ForwardPath forwardPath(Farm farm, String path) {
        return path.toLowerCase(Locale.ROOT).equals("postmaster")
                ? new ForwardPath(new MailAddress("postmaster", farm.identity().hostname()))
                : ForwardPath.parse(path);
    }

    private static Replied add(Session session, MailInProgress mail, Recipient recipient) {
        Optional<Rule> rule =
                session.farm().admission().recipient(recipient.path().address());
        if (rule.isPresent() && !rule.get().allow()) {
            session.visit().barred(Bar.DENIED_RECIPIENT);
            return refuse(
                    mail,
                    recipient.toString(),
                    Refusal.of(
                            ReplyCode.MAILBOX_UNAVAILABLE_550,
                            "5.7.1",
                            rule.get().text(),
                            "denied by " + rule.get().origin()));
        }
        rule.ifPresent(allowed -> mail.spareGreylisting());
        return switch (RecipientCheck.check(session, recipient.path())) {
            case RecipientCheck.Answer.Refused(Refusal refusal) -> refuse(mail, recipient.toString(), refusal);
            case RecipientCheck.Answer.Taken(Optional<ByteSize> largest) -> {
                Optional<Refusal> refusal = tooLarge(mail, largest)
                        .or(() -> otherClass(session, mail, recipient, largest))
                        .or(() -> QuotaCheck.recipient(session))
                        .or(() -> noRoom(session));
                if (refusal.isPresent()) {
                    yield refuse(mail, recipient.toString(), refusal.get());
                }
                mail.add(recipient, largest);
                yield Replied.of(ReplyCode.COMPLETED_250, "2.1.5", "Recipient ok");
            }
        };
    }

    /// RFC 1870 section 6.4; RFC 3463 section 3.3: X.2.3, longer than an administrator allows.
    private static Optional<Refusal> tooLarge(MailInProgress mail, Optional<ByteSize> largest) {
        return largest.filter(size -> mail.announcedSize().orElse(0) > size.bytes())
                .map(size -> Refusal.of(
                        ReplyCode.EXCEEDED_STORAGE_552,
                        "5.2.3",
                        "This recipient takes no message larger than " + size.bytes() + " octets",
                        "message-size of the account"));
    }

    /// One reply to the message cannot say two things: neither of two policies, nor of two sizes that may turn out to
    /// be too small and not.
    private static Optional<Refusal> otherClass(
            Session session, MailInProgress mail, Recipient recipient, Optional<ByteSize> largest) {
        if (mail.repliesEach() || mail.recipientCount() == 0) {
            return Optional.empty();
        }
        Recipient first = mail.recipients().getFirst();
        var assessor = session.farm().with().assessor();
        if (!assessor.policyClass(first.path()).equals(assessor.policyClass(recipient.path()))) {
            return aMailOfItsOwn("another policy class");
        }
        return mail.announcedSize().isPresent() || mail.largest(first).equals(largest)
                ? Optional.empty()
                : aMailOfItsOwn("another message-size, and no SIZE");
    }

    /// Asked last, for what it takes is kept until the mail is over. RFC 5321 section 4.5.3.1.10
    private static Optional<Refusal> noRoom(Session session) {
        return session.hasRoomForRecipient()
                ? Optional.empty()
                : Optional.of(Refusal.of(
                        ReplyCode.INSUFFICIENT_STORAGE_452,
                        "4.5.3",
                        "Too many recipients for now, send them later",
                        "all transactions together have too many recipients"));
    }

    private static Optional<Refusal> aMailOfItsOwn(String detail) {
        return Optional.of(Refusal.of(
                ReplyCode.INSUFFICIENT_STORAGE_452, "4.5.3", "Send this recipient a mail of its own", detail));
    }

    private static Replied refuse(MailInProgress mail, String recipient, Refusal refusal) {
        mail.refused(recipient, refusal.reply(), refusal.detail());
        return Replied.of(refusal.reply());
    }
}
