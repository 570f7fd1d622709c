// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How mails are authenticated.
@Doc("Checks SPF, DKIM, ARC and DMARC, and writes the Authentication-Results field.")
public record MailauthConfig(
        @Doc("The name that vouches for the results in Authentication-Results; fields from outside that bear it are"
                + " taken out. The same on all nodes, for example mx.example.org. Empty: this host's name.")
        @Default("")
        String authservId,

        @Doc("The longest all look-ups of a mail may take, 1s to 60s; the mail's deadline may end them sooner.")
        @Default("20s")
        Duration timeout,

        @Doc("How many DKIM signatures of a mail are looked at, from the top, 1 to 50.") @Default("10")
        int maxSignatures,

        @Doc("What DNS trouble gives: report (findings of score 0 such as DMARC_TEMPERROR, the other results still"
                + " count) or no-verdict (the farm's no-verdict policy decides, for example tempfail).")
        @Default("report")
        TempErrors tempErrors,

        @Doc(
                "A mail signed by a domain of yours, at most 1MiB: its DKIM signature must verify with the live resolver, every"
                        + " five minutes, and no mail is authenticated while it does not. Unset: nothing is watched.")
        Optional<Path> signedSample,

        @Doc("Scores that differ from the shipped ones, by symbol, for example DMARC_REJECT: 2.") @Default("{}")
        Map<String, Double> scores) {
    /// What temporary errors give.
    public enum TempErrors {
        REPORT,
        NO_VERDICT
    }

    public MailauthConfig {
        scores = Map.copyOf(scores);
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("timeout must be 1s to 60s, not " + timeout.toMillis() + "ms");
        }
        if (maxSignatures < 1 || maxSignatures > 50) {
            throw new IllegalArgumentException("max-signatures must be 1 to 50, not " + maxSignatures);
        }
        if (!authservId.isEmpty() && !authservId.matches("[A-Za-z0-9._-]{1,255}")) {
            throw new IllegalArgumentException("authserv-id must be a host name, for example mx.example.org");
        }
        Symbols.SCORES.check(scores);
    }

    /// All settings as they are when nothing is written.
    public static MailauthConfig defaults() {
        return new MailauthConfig("", Duration.ofSeconds(20), 10, TempErrors.REPORT, Optional.empty(), Map.of());
    }
}
