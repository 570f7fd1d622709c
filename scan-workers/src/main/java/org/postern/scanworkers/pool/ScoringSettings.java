// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.time.Duration;
import java.util.List;
import org.postern.core.limits.ByteSize;

/// The settings that spamd and rspamd have in common.
public interface ScoringSettings {
    /// Where it listens, one or more.
    List<String> backends();

    int maxConnections();

    int maxWaiting();

    Duration connectTimeout();

    /// How long a mail waits for one backend before another is asked.
    Duration scanTimeout();

    /// How long a backend may go on with a mail nobody waits for.
    Duration abandonTimeout();

    /// The largest mail that is sent.
    ByteSize maxSize();

    /// The lowest score that is believed.
    double lowestScore();

    /// The highest score that is believed.
    double highestScore();

    Duration probeInterval();

    Duration probeTimeout();

    /// Samples beside the GTUBE line and the clean mail.
    List<CanaryConfig> canaries();

    /// Refuses a size and scores out of bounds, with a sentence for whoever wrote them.
    static void checkMails(ByteSize maxSize, double lowestScore, double highestScore) {
        if (!(lowestScore <= 0 && lowestScore >= -1000 && highestScore >= 0 && highestScore <= 1000)) {
            throw new IllegalArgumentException("lowest-score must be -1000 to 0, and highest-score 0 to 1000");
        }
        if (maxSize.bytes() < 4096 || maxSize.bytes() > 256L * 1024 * 1024) {
            throw new IllegalArgumentException("max-size must be 4KiB to 256MiB, not " + maxSize);
        }
    }
}
