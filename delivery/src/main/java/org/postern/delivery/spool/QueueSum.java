// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.time.Instant;
import java.util.Optional;

/// Adds up a queue. One thread uses it.
final class QueueSum {
    private final long nowMillis;
    private long due;
    private long later;
    private long running;
    private long held;
    private long octets;
    private long oldestMillis = Long.MAX_VALUE;

    /// @param nowMillis on the monotonic clock
    QueueSum(long nowMillis) {
        this.nowMillis = nowMillis;
    }

    void add(SpoolEntry entry) {
        switch (entry.state()) {
            case WAITING -> {
                if (entry.dueMillis <= nowMillis) {
                    due++;
                } else {
                    later++;
                }
            }
            case RUNNING -> running++;
            case HELD -> held++;
        }
        octets += entry.size;
        oldestMillis = Math.min(oldestMillis, MailKey.timeMillis(entry.high));
    }

    SpoolQueue.Totals totals() {
        return new SpoolQueue.Totals(
                due,
                later,
                running,
                held,
                octets,
                oldestMillis == Long.MAX_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(oldestMillis)));
    }
}
