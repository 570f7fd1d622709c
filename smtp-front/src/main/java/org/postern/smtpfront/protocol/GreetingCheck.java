// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Optional;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.admission.GreetingConfig.EarlyTalkers;
import org.postern.smtpfront.admission.Visit;

/// Whether a client is greeted, asked when it would be.
final class GreetingCheck {
    private GreetingCheck() {}

    /// @param heard how many octets it has sent by now
    /// @return what it is told instead of the greeting; it may only say QUIT then. RFC 5321 section 3.1
    static Optional<Reply> check(Session session, long heard) {
        return denied(session.visit()).or(() -> early(session, heard));
    }

    /// What a client that a list denies is told.
    static Optional<Reply> denied(Visit visit) {
        visit.denied().ifPresent(_ -> visit.barred(Bar.DENIED_CLIENT));
        return visit.denied().map(rule -> Reply.of(ReplyCode.TRANSACTION_FAILED_554, "5.7.1", rule.text()));
    }

    private static Optional<Reply> early(Session session, long heard) {
        EarlyTalkers early = session.farm().config().admission().greeting().earlyTalkers();
        if (heard == 0 || early == EarlyTalkers.ACCEPT) {
            return Optional.empty();
        }
        // RFC 5321 section 3.1: a client waits for the greeting.
        session.visit().barred(Bar.EARLY_TALKER);
        session.spokeEarly();
        return early == EarlyTalkers.REFUSE && !session.visit().spared()
                ? Optional.of(Reply.of(ReplyCode.TRANSACTION_FAILED_554, "5.5.0", "You spoke before you were greeted"))
                : Optional.empty();
    }
}
