// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Closes connections whose time is over. One daemon thread for the process; a task per running exchange, removed
/// when the exchange ends.
final class Closer {
    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("clamd-closer").factory());

    static {
        TIMER.setRemoveOnCancelPolicy(true);
    }

    private Closer() {}

    /// Closes the connection after `time`, unless the result is cancelled before.
    static Future<?> in(Duration time, ClamdConnection connection) {
        return TIMER.schedule(connection::close, Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
    }
}
