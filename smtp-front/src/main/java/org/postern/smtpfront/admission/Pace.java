// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.time.Duration;
import java.util.function.LongSupplier;

/// For how long a client has been silent, where a client that sends less than it should counts as silent for the rest.
///
/// While a message comes in, each second without octets adds a second to its debt, and octets at the minimum rate pay
/// it off; a burst saves up nothing. So a client that sends an octet a minute is let go as soon as one that sends
/// nothing. Between messages only whole commands end the silence. The conversation's thread writes, any thread reads;
/// its monitor guards the fields.
public final class Pace {
    private final double octetsPerNano;
    private final LongSupplier nanoTime;
    private long lastNanos;
    private double debtNanos;

    /// @param octetsPerSecond the minimum rate; 0 where any octet ends the silence
    Pace(long octetsPerSecond, LongSupplier nanoTime) {
        this.octetsPerNano = octetsPerSecond / 1e9;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /// The client did all that could be asked of it: a command, the end of a message; or it waits for us.
    public synchronized void fresh() {
        lastNanos = nanoTime.getAsLong();
        debtNanos = 0;
    }

    /// Octets of a message came in.
    public synchronized void heard(long octets) {
        long now = nanoTime.getAsLong();
        double paid = octetsPerNano == 0 ? Double.MAX_VALUE : octets / octetsPerNano;
        debtNanos = Math.max(0, debtNanos + (now - lastNanos) - paid);
        lastNanos = now;
    }

    /// How long the client has been silent, or as good as silent.
    public synchronized Duration silent() {
        return Duration.ofNanos((long) debtNanos + nanoTime.getAsLong() - lastNanos);
    }
}
