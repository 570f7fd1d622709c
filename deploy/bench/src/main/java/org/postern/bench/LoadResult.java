// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What became of the mails of one load.
///
/// @param sortedWaits one number for each mail answered with 250: nanoseconds from its last byte to the reply
/// @param others how many ended in another way, by reply code or error text
/// @param time from the first connection's start to the last one's end
record LoadResult(List<Long> sortedWaits, Map<String, Integer> others, Duration time) {
    LoadResult {
        sortedWaits = sortedWaits.stream().sorted().toList();
        others = Map.copyOf(others);
    }

    int accepted() {
        return sortedWaits.size();
    }

    int notAccepted() {
        return others.values().stream().mapToInt(Integer::intValue).sum();
    }

    double perSecond() {
        return accepted() / (time.toNanos() / 1e9);
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
