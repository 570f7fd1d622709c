// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import java.time.Duration;
import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.CanaryConfig;
import org.postern.scanworkers.pool.PoolConfig;
import org.postern.scanworkers.pool.ScoringEngine;
import org.postern.scanworkers.pool.ScoringSettings;

/// Settings of the spam filter rspamd.
public record RspamdConfig(
        @Doc("Where the normal worker listens: host:port, or unix:/path/to/socket. One or more.")
        @Default("[127.0.0.1:11333]")
        List<String> backends,

        @Doc("How many mails one rspamd looks at at once, 1 to 1000.") @Default("20")
        int maxConnections,

        @Doc("How many mails may wait for a free rspamd, 0 to 100000.") @Default("1000")
        int maxWaiting,

        @Doc("How long connecting may take, 100ms to 60s.") @Default("5s")
        Duration connectTimeout,

        @Doc(
                "How long a mail waits for one rspamd before another is asked, 1s to 10m; more than rspamd's task_timeout.")
        @Default("15s")
        Duration scanTimeout,

        @Doc("The task_timeout of rspamd, 100ms to 10m: a result that took that long is partial and no verdict.")
        @Default("8s")
        Duration taskTimeout,

        @Doc("How long rspamd may go on with a mail nobody waits for, 1s to 1h.") @Default("1m")
        Duration abandonTimeout,

        @Doc("The largest mail sent to rspamd, 4KiB to 256MiB; larger mails get no verdict.") @Default("20MiB")
        ByteSize maxSize,

        @Doc("The lowest score that is believed, -1000 to 0.") @Default("-10")
        double lowestScore,

        @Doc("The highest score that is believed, 0 to 1000.") @Default("50")
        double highestScore,

        @Doc("How often a rspamd that works is made to find the GTUBE line, 1s to 1h.") @Default("30s")
        Duration probeInterval,

        @Doc("How long that may take, 1s to 60s.") @Default("10s")
        Duration probeTimeout,

        @Doc("Samples of your own beside the GTUBE line and a clean mail, at most 16.") @Default("[]")
        List<CanaryConfig> canaries)
        implements ScoringSettings {
    /// The values of a configuration that names only the backends.
    public static RspamdConfig of(String... backends) {
        return new RspamdConfig(
                List.of(backends),
                20,
                1_000,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofSeconds(8),
                Duration.ofMinutes(1),
                ByteSize.ofMiB(20),
                -10,
                50,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                List.of());
    }

    public RspamdConfig {
        backends = List.copyOf(backends);
        canaries = List.copyOf(canaries);
        PoolConfig.check("task-timeout", taskTimeout, 100, 600_000);
        BackendAddress.check(backends, "rspamd");
        var _ = PoolConfig.of(maxConnections, maxWaiting, probeInterval, probeTimeout);
        PoolConfig.checkTimes(connectTimeout, scanTimeout, abandonTimeout);
        ScoringSettings.checkMails(maxSize, lowestScore, highestScore);
    }

    ScoringEngine engine() {
        return new ScoringEngine("rspamd", this);
    }
}
