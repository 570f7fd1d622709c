// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.protocols.api.Request;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.CommandHandler;
import org.apache.james.protocols.api.handler.LineHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.core.esmtp.EhloExtension;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.auth.Mechanisms;
import org.postern.smtpfront.auth.SaslExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// AUTH, only under TLS. RFC 4954
final class AuthCommand implements CommandHandler<SMTPSession>, EhloExtension {
    private static final Logger LOG = LoggerFactory.getLogger(AuthCommand.class);
    private static final Duration DIRECTORY_MAX = Duration.ofSeconds(20);
    private static final int FAILURES_MAX = 3;
    /// Longer than a directory that is well takes to say whether it knows a login.
    private static final Duration CHALLENGE_MIN = Duration.ofMillis(100);

    @Override
    public Collection<String> getImplCommands() {
        return List.of("AUTH");
    }

    @Override
    public List<String> getImplementedEsmtpFeatures(SMTPSession james) {
        Session session = Session.of(james);
        return session.farm().offersAuthentication() && session.tlsActive()
                ? List.of("AUTH "
                        + String.join(" ", Mechanisms.names(session.logins().backend())))
                : List.of();
    }

    @Override
    public Response onCommand(SMTPSession james, Request request) {
        Session session = Session.of(james);
        if (!session.farm().offersAuthentication()) {
            return Replied.of(ReplyCode.COMMAND_NOT_IMPLEMENTED_502, "5.5.1", "AUTH is not offered here");
        }
        if (!session.tlsActive()) {
            return Replied.of(ReplyCode.ENCRYPTION_REQUIRED_538, "5.7.11", "AUTH needs TLS; send STARTTLS first");
        }
        if (session.account().isPresent() || session.mail().isPresent() || !session.greeted()) {
            // RFC 4954 section 4
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "AUTH comes once, after EHLO and before MAIL");
        }
        String[] words =
                Optional.ofNullable(request.getArgument()).orElse("").strip().split(" +");
        Optional<SaslExchange> exchange =
                Mechanisms.start(words[0], session.logins().backend());
        if (exchange.isEmpty() || words.length > 2) {
            return Replied.of(ReplyCode.PARAMETER_NOT_IMPLEMENTED_504, "5.5.4", "This mechanism is not offered");
        }
        String initial = words.length == 2 ? words[1] : "=";
        return answer(james, exchange.get(), initial);
    }

    /// What follows a line of the client's, in base 64; `=` stands for an empty initial response.
    private static Replied answer(SMTPSession james, SaslExchange exchange, String line) {
        byte[] response;
        try {
            response = line.equals("=") ? new byte[0] : Base64.getDecoder().decode(line);
        } catch (IllegalArgumentException e) {
            return malformed();
        }
        long began = System.nanoTime();
        SaslExchange.Step step = exchange.next(response);
        if (exchange.askedForChallenge()) {
            // How long the directory took must not tell whether it knows the login.
            pause(CHALLENGE_MIN.minusNanos(System.nanoTime() - began));
        }
        return follow(james, exchange, step);
    }

    private static Replied follow(SMTPSession james, SaslExchange exchange, SaslExchange.Step step) {
        return switch (step) {
            case SaslExchange.Step.Malformed() -> malformed();
            case SaslExchange.Step.Cancelled(String login) -> cancelled(Session.of(james), login);
            case SaslExchange.Step.Barred() -> barred(Session.of(james));
            case SaslExchange.Step.Check(String login, String password) -> check(Session.of(james), login, password);
            case SaslExchange.Step.Concluded(String login, Lookup<Account> found) ->
                // Asked again: meanwhile others may have guessed at the same account.
                Session.of(james).logins().mayTry(login)
                        ? concluded(Session.of(james), login, found)
                        : barred(Session.of(james));
            case SaslExchange.Step.Challenge(byte[] octets) -> {
                james.pushLineHandler(continuation(exchange));
                yield Replied.of(Reply.plain(
                        ReplyCode.AUTHENTICATION_CONTINUES_334,
                        Base64.getEncoder().encodeToString(octets)));
            }
        };
    }

    private static LineHandler<SMTPSession> continuation(SaslExchange exchange) {
        return (james, octets) -> {
            james.popLineHandler();
            String line = new String(octets, StandardCharsets.US_ASCII).strip();
            return line.equals("*") ? follow(james, exchange, exchange.cancelled()) : answer(james, exchange, line);
        };
    }

    /// RFC 4954 section 4
    private static Replied cancelled(Session session, String login) {
        if (!login.isEmpty()) {
            pause(session.logins().failed(login));
        }
        Reply reply = Reply.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.7.0", "Authentication cancelled");
        return new Replied(reply, session.logins().failures() >= FAILURES_MAX);
    }

    private static Replied malformed() {
        return Replied.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.2", "Authentication data not understood");
    }

    private static Replied check(Session session, String login, String password) {
        if (!session.logins().mayTry(login)) {
            return barred(session);
        }
        return concluded(
                session,
                login,
                session.farm().with().directory().authenticate(login, password, Deadline.in(DIRECTORY_MAX)));
    }

    private static Replied concluded(Session session, String login, Lookup<Account> found) {
        return switch (found) {
            case Lookup.Known<Account>(Account account) -> {
                session.loggedIn(account, login);
                yield Replied.of(ReplyCode.AUTHENTICATION_SUCCEEDED_235, "2.7.0", "Authentication succeeded");
            }
            case Lookup.Unknown<Account>() -> failed(session, login);
            case Lookup.Undetermined<Account>(String reason) -> {
                LOG.warn(
                        "farm {}: whether {} may log in cannot be told: {}",
                        session.farm().identity().farm(),
                        Texts.safe(login),
                        reason);
                yield Replied.of(
                        ReplyCode.TEMPORARY_AUTHENTICATION_FAILURE_454,
                        "4.7.0",
                        "Authentication not possible now, try again later");
            }
        };
    }

    /// Guessing is made slow, and ends the session soon. The pause holds up nobody but this client.
    private static Replied failed(Session session, String login) {
        pause(session.logins().failed(login));
        LOG.info(
                "farm {}: {} failed to log in as {}",
                session.farm().identity().farm(),
                session.clientAddress().getHostAddress(),
                Texts.safe(login));
        Reply reply = Reply.of(ReplyCode.AUTHENTICATION_INVALID_535, "5.7.8", "Authentication failed");
        return new Replied(reply, session.logins().failures() >= FAILURES_MAX);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Says the same to the right password: whoever guesses learns nothing.
    private static Replied barred(Session session) {
        session.visit().barred(Bar.LOGINS);
        String text = "Too many failed logins, try again later";
        return switch (session.farm().config().admission().loginRefusal()) {
            case REFUSE -> Replied.of(ReplyCode.TEMPORARY_AUTHENTICATION_FAILURE_454, "4.7.0", text);
            case DISCONNECT -> Replied.last(Reply.of(ReplyCode.SERVICE_NOT_AVAILABLE_421, "4.7.0", text));
        };
    }
}
