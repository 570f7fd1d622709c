// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import org.postern.core.mail.ClientInfo;
import org.postern.core.telemetry.DecisionRecord;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;

/// Writes one decision record for every mail transaction, and counts them.
public final class Decisions {
    private final FrontIdentity identity;
    private final Collaborators with;

    public Decisions(FrontIdentity identity, Collaborators with) {
        this.identity = identity;
        this.with = with;
    }

    /// Records how a transaction ended.
    public void record(MailInProgress mail, ClientInfo client, Outcome outcome) {
        String refusals = mail.refusals();
        String detail = outcome.detail().isEmpty() || refusals.isEmpty()
                ? outcome.detail() + refusals
                : outcome.detail() + "; " + refusals;
        List<String> recipients = mail.recipientNames();
        with.decisions()
                .record(new DecisionRecord(
                        mail.id(),
                        identity.node(),
                        identity.farm(),
                        mail.began(),
                        Duration.ofNanos(System.nanoTime() - mail.beganNanos()),
                        client,
                        mail.sender().toString(),
                        recipients,
                        outcome.size(),
                        outcome.assessment(),
                        outcome.storeId(),
                        outcome.reply(),
                        detail));
        Counter.builder("postern.smtp.transactions")
                .description("mail transactions by farm and class of the last reply")
                .tag("farm", identity.farm())
                .tag("reply", outcome.reply().code().number() / 100 + "xx")
                .register(with.meters())
                .increment();
    }
}
