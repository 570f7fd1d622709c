// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.core.limits.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Up to which size a clamd really looks through a mail.
///
/// clamd answers `stream: OK` to a stream beyond its MaxFileSize without having looked at it. So it is shown mails of
/// different sizes with the EICAR test file at their end; the largest in which it finds that is the size to trust.
final class Calibration {
    private static final Logger LOG = LoggerFactory.getLogger(Calibration.class);
    private static final Duration TIME_FOR_ONE = Duration.ofSeconds(30);
    private static final int STEPS = 8;

    private final long max;
    private volatile long trusted;
    /// Counts the times it may have become another; written by any thread.
    private final AtomicLong doubts = new AtomicLong();
    /// The doubts there were before it was last measured; -1 before the first time.
    private volatile long settledAt = -1;
    private volatile boolean again;
    private String measuredFor = "";
    private long measuredAt;

    /// @param max the largest size of interest
    Calibration(long max) {
        this.max = max;
    }

    /// Whether what was measured holds.
    boolean settled() {
        return settledAt == doubts.get();
    }

    /// The largest size that is known to be looked through, 0 before the first measurement.
    long trusted() {
        return trusted;
    }

    /// Scans one sample.
    @FunctionalInterface
    interface Scanner {
        ClamdReply scan(InputStream sample, Deadline deadline) throws IOException;
    }

    /// Measures, if this version was not measured yet or an hour has passed. Called by the probe's thread only.
    void measure(String version, Scanner scanner) {
        boolean fresh = System.nanoTime() - measuredAt < Duration.ofHours(1).toNanos();
        if (version.equals(measuredFor) && fresh && trusted > 0 && settled() && !again) {
            return;
        }
        long before = trusted;
        long doubtsBefore = doubts.get();
        boolean known = settled() && !again && before > 0;
        again = false;
        try {
            trusted = found(max, scanner, known) ? max : largest(scanner, known);
        } catch (SocketTimeoutException e) {
            LOG.info("this clamd ({}) is too busy to be measured; {} octets hold for another hour", version, before);
        }
        measuredFor = version;
        measuredAt = System.nanoTime();
        settledAt = doubtsBefore;
        if (trusted < max && trusted != before) {
            LOG.warn(
                    "this clamd ({}) looks only through mails of up to {} octets; larger ones get no verdict. Raise its"
                            + " MaxFileSize, MaxScanSize and StreamMaxLength, or lower max-size from {}",
                    version,
                    trusted,
                    max);
        }
    }

    /// Has the next probe measure again.
    void forget() {
        again = true;
    }

    /// It was gone, or is not what was measured: nothing is known of it before it was measured again.
    void doubt() {
        doubts.incrementAndGet();
    }

    /// Narrows the size down by halving.
    private long largest(Scanner scanner, boolean known) throws SocketTimeoutException {
        long good = 0;
        long bad = max;
        for (int step = 0; step < STEPS; step++) {
            long middle = good + (bad - good) / 2;
            if (found(middle, scanner, known)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    /// @throws SocketTimeoutException when there was no answer, which says nothing of the size; where nothing better is
    /// known it counts as not found
    private static boolean found(long size, Scanner scanner, boolean known) throws SocketTimeoutException {
        try {
            return scanner.scan(Sample.virusMail(size), Deadline.in(TIME_FOR_ONE)) instanceof ClamdReply.Infected;
        } catch (SocketTimeoutException e) {
            if (known) {
                throw e;
            }
            return false;
        } catch (IOException e) {
            return false; // such as a connection that was reset over too large a stream
        }
    }
}
