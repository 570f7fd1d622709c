// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes old mail from the quarantine, every hour, in a thread of its own.
public final class QuarantineExpiry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineExpiry.class);

    private final Quarantine quarantine;
    private final Duration keep;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("quarantine-expiry").factory());

    public QuarantineExpiry(Quarantine quarantine, Duration keep, InstantSource clock) {
        this.quarantine = quarantine;
        this.keep = keep;
        this.clock = clock;
        var _ = timer.scheduleWithFixedDelay(this::run, 1, 60, TimeUnit.MINUTES);
    }

    private void run() {
        try {
            int deleted = quarantine.expire(clock.instant().minus(keep));
            if (deleted > 0) {
                LOG.info("{} mails older than {} deleted from the quarantine", deleted, keep);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the quarantine cannot be searched for old mail", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
