// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.util.List;
import java.util.function.Function;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Bounds;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.scanworkers.pool.PooledFilter.MailScan;

/// A spam filter of its own, which gives each mail a score: what spamd and rspamd have in common.
///
/// @param name of the filter and its program
public record ScoringEngine(String name, ScoringSettings settings) {
    /// The score from which on a backend has found the GTUBE line, and spam where none is.
    public static final double GTUBE_SCORE = 100;

    /// What it takes at most.
    public Bounds bounds() {
        return Bounds.ofPool(settings.backends().size(), settings.maxConnections());
    }

    /// Counts what its backends say.
    public AnswerMeter answers(Surroundings surroundings) {
        return new AnswerMeter(name, surroundings.meters());
    }

    /// How one backend is spoken to.
    public Wire wire(BackendAddress address, int replyMax) {
        return new Wire(name, address, settings.connectTimeout(), settings.abandonTimeout(), replyMax);
    }

    /// The finding of a mail that was scored.
    ///
    /// @param score as the backend gave it; it is held between the two bounds
    public FilterResult result(String symbol, double score, String evidence) {
        double believed = Math.clamp(score, settings.lowestScore(), settings.highestScore());
        return believed == 0
                ? FilterResult.nothing()
                : new FilterResult.Findings(List.of(new Finding(symbol, believed, evidence)));
    }

    /// The filter.
    public <B extends Backend> Filter filter(
            Surroundings surroundings, Function<BackendAddress, B> backend, MailScan<B> scan) {
        List<B> all = settings.backends().stream()
                .map(BackendAddress::parse)
                .map(backend)
                .toList();
        PoolConfig pool = PoolConfig.of(
                settings.maxConnections(), settings.maxWaiting(), settings.probeInterval(), settings.probeTimeout());
        return new PooledFilter<>(
                name,
                new BackendPool<>(name, all, pool, surroundings.meters()),
                settings.maxSize(),
                settings.scanTimeout(),
                settings.lowestScore(),
                new ClientNames(surroundings.dns()),
                scan);
    }
}
