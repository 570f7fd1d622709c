// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.Rate;

/// What happens before a client is greeted. RFC 5321 section 4.5.3.2.1 lets clients wait five minutes.
public record GreetingConfig(
        @Doc("How long everybody waits for the greeting, 0s to 60s.") @Default("0s")
        Duration delay,

        @Doc("How long suspects wait for it, 0s to 60s.") @Default("5s")
        Duration suspectDelay,

        @Doc("An address is suspect once it did this often what only bad clients do: spoke before the greeting, made"
                + " too many errors, sent too fast or too slowly, guessed passwords.")
        @Default("3/1h")
        Rate suspectAfter,

        @Doc("What becomes of a client that speaks before the greeting: accept, finding (the filter client says"
                + " EARLY_TALKER) or refuse (554).")
        @Default("finding")
        EarlyTalkers earlyTalkers) {
    /// What becomes of a client that speaks before the greeting.
    public enum EarlyTalkers {
        ACCEPT,
        FINDING,
        REFUSE
    }

    public GreetingConfig {
        AdmissionConfig.within("delay in milliseconds", delay.toMillis(), 0, 60_000);
        AdmissionConfig.within("suspect-delay in milliseconds", suspectDelay.toMillis(), 0, 60_000);
    }

    /// The documented defaults.
    public static GreetingConfig defaults() {
        return new GreetingConfig(Duration.ZERO, Duration.ofSeconds(5), Rate.parse("3/1h"), EarlyTalkers.FINDING);
    }
}
