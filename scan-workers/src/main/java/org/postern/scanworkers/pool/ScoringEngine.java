// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Bounds;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.ByteSize;
import org.postern.scanworkers.pool.PooledFilter.MailScan;

/// A spam filter of its own, which gives each mail a score: what spamd and rspamd have in common.
///
/// @param name of the filter and its program
/// @param backends where it listens, one or more
/// @param connectTimeout how long connecting may take
/// @param scanTimeout how long a mail waits for one backend before another is asked
/// @param abandonTimeout how long a backend may go on with a mail nobody waits for
/// @param maxSize the largest mail that is sent
/// @param lowestScore the lowest score that is believed
/// @param highestScore the highest score that is believed
/// @param canaries samples beside the GTUBE line and the clean mail
public record ScoringEngine(
        String name,
        List<String> backends,
        PoolConfig pool,
        Duration connectTimeout,
        Duration scanTimeout,
        Duration abandonTimeout,
        ByteSize maxSize,
        double lowestScore,
        double highestScore,
        List<CanaryConfig> canaries) {
    /// The score from which on a backend has found the GTUBE line, and spam where none is.
    public static final double GTUBE_SCORE = 100;

    private static final Duration BACKOFF_MAX = Duration.ofSeconds(3);

    public ScoringEngine {
        backends = List.copyOf(backends);
        canaries = List.copyOf(canaries);
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("backends: name at least one " + name);
        }
        backends.forEach(BackendAddress::parse);
        if (backends.size() != backends.stream().distinct().count()) {
            throw new IllegalArgumentException("backends: each " + name + " may be named once only");
        }
        if (!(lowestScore <= 0 && lowestScore >= -1000 && highestScore >= 0 && highestScore <= 1000)) {
            throw new IllegalArgumentException("lowest-score must be -1000 to 0, and highest-score 0 to 1000");
        }
        if (maxSize.bytes() < 4096 || maxSize.bytes() > 256L * 1024 * 1024) {
            throw new IllegalArgumentException("max-size must be 4KiB to 256MiB, not " + maxSize);
        }
        PoolConfig.check("connect-timeout", connectTimeout, 100, 60_000);
        PoolConfig.check("scan-timeout", scanTimeout, 1_000, 600_000);
        PoolConfig.check("abandon-timeout", abandonTimeout, 1_000, 3_600_000);
    }

    /// An engine as its settings say.
    public static ScoringEngine of(
            String name,
            List<String> backends,
            int maxConnections,
            int maxWaiting,
            Duration connectTimeout,
            Duration scanTimeout,
            Duration abandonTimeout,
            ByteSize maxSize,
            double lowestScore,
            double highestScore,
            Duration probeInterval,
            Duration probeTimeout,
            List<CanaryConfig> canaries) {
        return new ScoringEngine(
                name,
                backends,
                new PoolConfig(maxConnections, maxWaiting, probeInterval, probeTimeout, BACKOFF_MAX),
                connectTimeout,
                scanTimeout,
                abandonTimeout,
                maxSize,
                lowestScore,
                highestScore,
                canaries);
    }

    /// What it takes at most.
    public Bounds bounds() {
        return Bounds.ofPool(backends.size(), pool.maxConnections());
    }

    /// How one backend is spoken to.
    public Wire wire(BackendAddress address, int replyMax) {
        return new Wire(name, address, connectTimeout, abandonTimeout, replyMax);
    }

    /// The finding of a mail that was scored.
    ///
    /// @param score as the backend gave it; it is held between the two bounds
    public FilterResult result(String symbol, double score, String evidence) {
        double believed = Math.clamp(score, lowestScore, highestScore);
        return believed == 0
                ? FilterResult.nothing()
                : new FilterResult.Findings(List.of(new Finding(symbol, believed, evidence)));
    }

    /// The filter.
    public <B extends Backend> Filter filter(
            Surroundings surroundings, Function<BackendAddress, B> backend, MailScan<B> scan) {
        List<B> all = backends.stream().map(BackendAddress::parse).map(backend).toList();
        return new PooledFilter<>(
                name,
                new BackendPool<>(name, all, pool, surroundings.meters()),
                maxSize,
                scanTimeout,
                lowestScore,
                new ClientNames(surroundings.dns()),
                scan);
    }
}
