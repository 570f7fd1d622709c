// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Optional;
import org.postern.core.handoff.MailStore;
import org.postern.core.mail.ReversePath;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.admission.Rule;

/// Whether a mail transaction may begin, asked at MAIL: before any data is taken that could not be kept.
final class SenderCheck {
    private SenderCheck() {}

    static Optional<Refusal> check(Session session, ReversePath sender) {
        Farm farm = session.farm();
        if (farm.requiresAuthentication() && session.account().isEmpty()) {
            return Optional.of(Refusal.of(
                    ReplyCode.AUTHENTICATION_REQUIRED_530, "5.7.0", "Authentication required", "not logged in"));
        }
        if (session.account().isPresent() && !session.account().get().maySendAs(sender)) {
            return Optional.of(Refusal.of(
                    ReplyCode.MAILBOX_NAME_NOT_ALLOWED_553,
                    "5.7.1",
                    "You may not send with this sender address",
                    "sender not owned by " + session.account().get().address()));
        }
        if (session.mailsUsedUp()) {
            return Optional.of(Refusal.of(
                    ReplyCode.LOCAL_ERROR_451, "4.7.0", "Enough mails in this session, please reconnect", "limit"));
        }
        Optional<Rule> rule = farm.admission().sender(sender);
        if (rule.isPresent() && !rule.get().allow()) {
            session.visit().barred(Bar.DENIED_SENDER);
            return Optional.of(Refusal.of(
                    ReplyCode.MAILBOX_UNAVAILABLE_550,
                    "5.7.1",
                    rule.get().text(),
                    "denied by " + rule.get().origin()));
        }
        MailStore.Availability store = farm.with().store().availability();
        if (!store.available()) {
            return Optional.of(later("store not available: " + store.detail()));
        }
        if (farm.admission().pressure().tooMuch(session.account().isPresent())) {
            session.visit().barred(Bar.PRESSURE);
            return Optional.of(later("pressure: a mail taken now is expected to take "
                    + farm.admission().pressure().expected().toMillis() + " ms"));
        }
        // Last, so that only what may begin is counted.
        return QuotaCheck.message(session);
    }

    private static Refusal later(String detail) {
        return Refusal.of(ReplyCode.LOCAL_ERROR_451, "4.3.2", "Not taking mail now, try again later", detail);
    }
}
