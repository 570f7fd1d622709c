// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

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

/// Settings of the spam filter SpamAssassin.
public record SpamdConfig(
        @Doc("Where spamd listens: host:port, or unix:/path/to/socket. One or more.") @Default("[127.0.0.1:783]")
        List<String> backends,

        @Doc("How many mails one spamd looks at at once, 1 to 1000; not more than its --max-children.") @Default("5")
        int maxConnections,

        @Doc("How many mails may wait for a free spamd, 0 to 100000.") @Default("1000")
        int maxWaiting,

        @Doc("How long connecting may take, 100ms to 60s.") @Default("5s")
        Duration connectTimeout,

        @Doc("How long a mail waits for one spamd before another is asked, 1s to 10m.") @Default("20s")
        Duration scanTimeout,

        @Doc("How long spamd may go on with a mail nobody waits for, 1s to 1h; not less than its --timeout-child.")
        @Default("5m")
        Duration abandonTimeout,

        @Doc("The largest mail sent to spamd, 4KiB to 256MiB; larger mails get no verdict.") @Default("1MiB")
        ByteSize maxSize,

        @Doc("The lowest score that is believed, -1000 to 0.") @Default("-10")
        double lowestScore,

        @Doc("The highest score that is believed, 0 to 1000.") @Default("50")
        double highestScore,

        @Doc("How often a spamd that works is made to find the GTUBE line, 1s to 1h.") @Default("30s")
        Duration probeInterval,

        @Doc("How long that may take, 1s to 60s.") @Default("10s")
        Duration probeTimeout,

        @Doc("Samples of your own beside the GTUBE line and a clean mail, at most 16.") @Default("[]")
        List<CanaryConfig> canaries)
        implements ScoringSettings {
    /// The values of a configuration that names only the backends.
    public static SpamdConfig of(String... backends) {
        return new SpamdConfig(
                List.of(backends),
                5,
                1_000,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofMinutes(5),
                ByteSize.ofMiB(1),
                -10,
                50,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                List.of());
    }

    public SpamdConfig {
        backends = List.copyOf(backends);
        canaries = List.copyOf(canaries);
        BackendAddress.check(backends, "spamd");
        var _ = PoolConfig.of(maxConnections, maxWaiting, probeInterval, probeTimeout);
        PoolConfig.checkTimes(connectTimeout, scanTimeout, abandonTimeout);
        ScoringSettings.checkMails(maxSize, lowestScore, highestScore);
    }

    ScoringEngine engine() {
        return new ScoringEngine("spamd", this);
    }
}
