// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.lmtp;

import java.time.Duration;
import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.Domain;
import org.postern.delivery.smtp.SmtpTimeouts;

/// Settings of delivery over LMTP.
@Doc("A program that keeps the mailboxes instead of Postern, such as Dovecot or Cyrus.")
public record LmtpConfig(
        @Doc("Where it listens: host:port, or unix:/path.") LmtpAddress server,

        @Doc("The local domains whose mailboxes it keeps; all where none is written.") @Default("[]")
        List<Domain> domains,

        @Doc("What it is told as recipient: account (the main address of the account) or original (the address the"
                + " mail came for).")
        @Default("account")
        LmtpRecipient recipient,

        @Doc("Connections at the same time; 1 to 1000.") @Default("16")
        int connections,

        @Doc("How long a connection waits for the next mail; 0s to 5m.") @Default("20s")
        Duration idle,

        @Doc("How long the server is waited for.") SmtpTimeouts timeouts) {
    public LmtpConfig {
        domains = List.copyOf(domains);
        if (connections < 1 || connections > 1000) {
            throw new IllegalArgumentException("connections is 1 to 1000, not " + connections);
        }
        if (idle.isNegative() || idle.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("idle is 0s to 5m");
        }
    }

    /// The defaults.
    public static LmtpConfig to(LmtpAddress server) {
        return new LmtpConfig(
                server, List.of(), LmtpRecipient.ACCOUNT, 16, Duration.ofSeconds(20), SmtpTimeouts.defaults());
    }

    /// Whether it keeps the mailboxes of this domain.
    public boolean keeps(Domain domain) {
        return domains.isEmpty() || domains.contains(domain);
    }
}
