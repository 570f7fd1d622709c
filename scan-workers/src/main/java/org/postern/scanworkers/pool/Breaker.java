// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.util.Arrays;

/// Decides from the mails a backend was given whether it is to be left alone until a probe succeeds.
///
/// Trips on three failed connections in a row, or when half of the last twenty mails had no verdict. Not
/// thread-safe; the roster's lock guards it.
final class Breaker {
    static final int CONNECT_FAILURES = 3;
    static final int WINDOW = 20;
    private static final int SILENT_MAX = WINDOW / 2;

    private final boolean[] silent = new boolean[WINDOW];
    private int next;
    private int seen;
    private int silentCount;
    private int connectFailures;

    /// A mail got its verdict.
    void answered() {
        connectFailures = 0;
        note(false);
    }

    /// A connection failed; true when that trips the breaker.
    boolean connectFailed() {
        note(true);
        return ++connectFailures >= CONNECT_FAILURES || tripped();
    }

    /// A mail stayed without a verdict; true when that trips the breaker.
    boolean stayedSilent() {
        connectFailures = 0;
        note(true);
        return tripped();
    }

    /// Forgets everything: a probe succeeded.
    void reset() {
        Arrays.fill(silent, false);
        next = 0;
        seen = 0;
        silentCount = 0;
        connectFailures = 0;
    }

    private boolean tripped() {
        return seen == WINDOW && silentCount >= SILENT_MAX;
    }

    private void note(boolean wasSilent) {
        silentCount += (wasSilent ? 1 : 0) - (silent[next] ? 1 : 0);
        silent[next] = wasSilent;
        next = (next + 1) % WINDOW;
        seen = Math.min(WINDOW, seen + 1);
    }
}
