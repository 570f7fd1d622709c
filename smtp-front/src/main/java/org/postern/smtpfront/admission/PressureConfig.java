// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Back-pressure: what is refused early because it could not be judged in time.
public record PressureConfig(
        @Doc("Whether mail is refused at MAIL (451), and clients at the banner (421), when scanners and store are"
                + " measured to be too slow.")
        @Default("true")
        boolean adaptive,

        @Doc("The part of the deadline that a new mail may be expected to take, in percent; 10 to 95.") @Default("75")
        int deadlinePercent,

        @Doc("The part of mails-at-once and of connections that is kept for users who log in, in percent, on farms with"
                + " authentication; 0 to 90.")
        @Default("20")
        int usersPercent) {
    public PressureConfig {
        AdmissionConfig.within("deadline-percent", deadlinePercent, 10, 95);
        AdmissionConfig.within("users-percent", usersPercent, 0, 90);
    }

    /// The documented defaults.
    public static PressureConfig defaults() {
        return new PressureConfig(true, 75, 20);
    }
}
