// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.time.Duration;

/// What became of the sessions and mails of a front that was drained. No mail was told 250 and lost: what was broken
/// off had no answer.
///
/// @param farm which
/// @param sessions how many there were when it began
/// @param handedOver how many mails were told 250 meanwhile
/// @param sessionsBrokenOff how many sessions were still there when the time was over
/// @param mailsBrokenOff how many mails were coming in or worked on then; their senders try again
/// @param took how long it took
public record DrainReport(
        String farm, int sessions, long handedOver, int sessionsBrokenOff, int mailsBrokenOff, Duration took) {
    /// For people.
    @Override
    public String toString() {
        return farm + ": drained in " + took.toMillis() + " ms: " + sessions + " sessions, " + handedOver
                + " mails handed over, " + sessionsBrokenOff + " sessions with " + mailsBrokenOff
                + " mails broken off";
    }
}
