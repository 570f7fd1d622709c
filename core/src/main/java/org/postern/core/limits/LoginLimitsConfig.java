// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How many logins may fail.
public record LoginLimitsConfig(
        @Doc("Failed logins from one address (IPv6: one /64), whatever the account; unlimited for no bound.")
        @Default("20/1h")
        Rate perAddress,

        @Doc("Failed logins to one account, from wherever; addresses that have logged in to it before do not count and"
                + " are not held up.")
        @Default("50/1h")
        Rate perAccount,

        @Doc("How long a failed login is answered late, 0s to 30s; doubled for each failure of the address"
                + " beyond its third.")
        @Default("1s")
        Duration pause,

        @Doc("The longest such pause, at least pause, up to 60s.") @Default("8s")
        Duration pauseMax,

        @Doc("How many addresses, and how many accounts, are remembered; 100 to 10000000.") @Default("10000")
        int remembered) {
    public LoginLimitsConfig {
        if (pause.isNegative() || pause.compareTo(Duration.ofSeconds(30)) > 0) {
            throw new IllegalArgumentException("pause is 0s to 30s");
        }
        if (pauseMax.compareTo(pause) < 0 || pauseMax.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("pause-max is at least pause, and 60s at most");
        }
        if (remembered < 100 || remembered > 10_000_000) {
            throw new IllegalArgumentException("remembered is 100 to 10000000, not " + remembered);
        }
    }

    /// The documented defaults.
    public static LoginLimitsConfig defaults() {
        return new LoginLimitsConfig(
                Rate.parse("20/1h"), Rate.parse("50/1h"), Duration.ofSeconds(1), Duration.ofSeconds(8), 10_000);
    }
}
