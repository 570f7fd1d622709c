// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What became of one load.
///
/// @param accepted how often what was wanted was done: a mail accepted, a recipient refused
/// @param sortedWaits how long each took, in nanoseconds: a mail from its last octet to the reply; empty where the load
///     generator does not tell
/// @param others how many ended in another way, by reply code or error text
/// @param time from the first connection's start to the last one's end
record LoadResult(long accepted, List<Long> sortedWaits, Map<String, Integer> others, Duration time) {
    LoadResult {
        sortedWaits = sortedWaits.stream().sorted().toList();
        others = Map.copyOf(others);
    }

    int notAccepted() {
        return others.values().stream().mapToInt(Integer::intValue).sum();
    }

    double perSecond() {
        return accepted / (time.toNanos() / 1e9);
    }

    /// The wait that this part of the accepted mails stayed below, in milliseconds; 0 where none was accepted.
    double waitMillis(double part) {
        if (sortedWaits.isEmpty()) {
            return 0;
        }
        int index = (int) Math.min(sortedWaits.size() - 1L, Math.round(part * sortedWaits.size()));
        return sortedWaits.get(index) / 1e6;
    }
}
