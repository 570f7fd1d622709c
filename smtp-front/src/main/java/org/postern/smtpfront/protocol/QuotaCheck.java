// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import org.postern.core.directory.Account;
import org.postern.core.mail.MailAddress;
import org.postern.core.reply.ReplyCode;
import org.postern.core.sending.SendingQuotas;

/// Whether an account that has logged in may send one more; what is begun counts.
final class QuotaCheck {
    private QuotaCheck() {}

    static Optional<Refusal> message(Session session) {
        return check(session, SendingQuotas::message);
    }

    static Optional<Refusal> recipient(Session session) {
        return check(session, SendingQuotas::recipient);
    }

    /// 450, for it is the account that must wait and not this server (RFC 5321 section 4.2.3), with 4.7.1: a policy.
    /// RFC 3463 section 3.8
    private static Optional<Refusal> check(
            Session session, BiFunction<SendingQuotas, MailAddress, SendingQuotas.Answer> question) {
        if (session.account().isEmpty()) {
            return Optional.empty();
        }
        Account account = session.account().get();
        return switch (question.apply(session.farm().with().quotas(), account.address())) {
            case SendingQuotas.Answer.Granted() -> Optional.empty();
            case SendingQuotas.Answer.Exceeded(String limit, Duration wait) ->
                Optional.of(Refusal.of(
                        ReplyCode.MAILBOX_BUSY_450,
                        "4.7.1",
                        "Your account has sent as much as it may for now, try again in " + minutes(wait),
                        "quota of " + account.address() + ": " + limit));
        };
    }

    private static String minutes(Duration wait) {
        long minutes = Math.max(1, wait.plusSeconds(59).toMinutes());
        return minutes == 1 ? "a minute" : minutes + " minutes";
    }
}
