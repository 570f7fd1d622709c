// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

/// A moving estimate of how long something takes, and how much that varies: the arithmetic of RFC 6298, with a smaller
/// factor. Guarded by its owner.
final class Estimate {
    private static final double GAIN = 1.0 / 8;
    private static final double DEVIATION_GAIN = 1.0 / 4;
    private static final int DEVIATIONS = 2;

    private boolean known;
    private double mean;
    private double deviation;

    void add(long nanos) {
        if (known) {
            deviation += (Math.abs(nanos - mean) - deviation) * DEVIATION_GAIN;
            mean += (nanos - mean) * GAIN;
        } else {
            known = true;
            mean = nanos;
            deviation = nanos / 2.0;
        }
    }

    /// Nanoseconds; 0 as long as nothing is known.
    double mean() {
        return mean;
    }

    /// What few take longer than. Nanoseconds.
    double high() {
        return mean + DEVIATIONS * deviation;
    }
}
