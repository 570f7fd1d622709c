// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.time.Duration;
import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.CanaryConfig;
import org.postern.scanworkers.pool.PoolConfig;

/// Settings of the virus scanner.
public record ClamavConfig(
        @Doc("Where clamd listens: host:port, or unix:/path/to/socket. One or more, all with the same signatures.")
        @Default("[127.0.0.1:3310]")
        List<String> backends,

        @Doc("How many mails one clamd scans at once, 1 to 1000; not more than its MaxThreads.") @Default("10")
        int maxConnections,

        @Doc("How many mails may wait for a free clamd, 0 to 100000; more are told to come back.") @Default("1000")
        int maxWaiting,

        @Doc("How long connecting to clamd may take, 100ms to 60s.") @Default("5s")
        Duration connectTimeout,

        @Doc(
                "How long a mail waits for one clamd before another is asked, 1s to 10m; never beyond the mail's deadline.")
        @Default("30s")
        Duration scanTimeout,

        @Doc(
                "How long clamd may go on with a mail nobody waits for, before the connection is closed, 1s to 1h; not less"
                        + " than its MaxScanTime, for until then its place stays taken.")
        @Default("2m")
        Duration abandonTimeout,

        @Doc("The largest mail sent to clamd, 64KiB to 2GiB. At start and after each reload it is measured up to which"
                + " size clamd really scans; larger mails get no verdict.")
        @Default("25MiB")
        ByteSize maxSize,

        @Doc("How often a clamd that works is made to find the EICAR test file, 1s to 1h.") @Default("10s")
        Duration probeInterval,

        @Doc("How long that may take, 1s to 60s.") @Default("5s")
        Duration probeTimeout,

        @Doc("The longest pause between probes of a clamd that does not work, 1s to 30s.") @Default("3s")
        Duration probeBackoffMax,

        @Doc(
                "Official signatures older than this sound the alarm: in the log, as a meter and in the health, 1h to 365d.")
        @Default("3d")
        Duration signaturesAgeMax,

        @Doc("How signatures are reloaded by postern signatures reload, or on a schedule.")
        ReloadConfig reload,

        @Doc("Samples of your own beside the EICAR test file and a harmless text, at most 16.") @Default("[]")
        List<CanaryConfig> canaries) {
    /// The values of a configuration that names only the backends.
    public static ClamavConfig of(String... backends) {
        return new ClamavConfig(
                List.of(backends),
                10,
                1_000,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(2),
                ByteSize.ofMiB(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                Duration.ofDays(3),
                ReloadConfig.DEFAULTS,
                List.of());
    }

    public ClamavConfig {
        backends = List.copyOf(backends);
        canaries = List.copyOf(canaries);
        BackendAddress.check(backends, "clamd");
        PoolConfig.checkTimes(connectTimeout, scanTimeout, abandonTimeout);
        PoolConfig.check("signatures-age-max", signaturesAgeMax, 3_600_000, 365L * 24 * 3_600_000);
        if (maxSize.bytes() < 64 * 1024 || maxSize.bytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("max-size must be 64KiB to 2GiB, not " + maxSize);
        }
        var _ = new PoolConfig(maxConnections, maxWaiting, probeInterval, probeTimeout, probeBackoffMax);
    }

    PoolConfig pool() {
        return new PoolConfig(maxConnections, maxWaiting, probeInterval, probeTimeout, probeBackoffMax);
    }
}
