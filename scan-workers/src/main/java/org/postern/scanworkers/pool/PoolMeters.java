// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.postern.core.filter.FilterResult;
import org.postern.scanworkers.pool.BackendPool.BackendStatus;

/// The meters of one pool.
final class PoolMeters {
    private final String engine;
    private final MeterRegistry registry;

    PoolMeters(String engine, MeterRegistry registry) {
        this.engine = engine;
        this.registry = registry;
    }

    void register(Supplier<Number> waiting) {
        Gauge.builder("postern.backend.waiting", waiting)
                .description("mails that wait for a place at any backend")
                .tags("engine", engine)
                .register(registry);
    }

    void register(String backend, Supplier<BackendStatus> status) {
        Tags tags = Tags.of("engine", engine, "backend", backend);
        for (BackendState state : BackendState.values()) {
            Gauge.builder("postern.backend.state", () -> status.get().state() == state ? 1 : 0)
                    .description("1 for the state the backend is in, 0 for the others")
                    .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
        Gauge.builder("postern.backend.in.use", () -> status.get().inUse())
                .description("mails the backend works on, abandoned ones included")
                .tags(tags)
                .register(registry);
        Gauge.builder("postern.backend.limit", () -> status.get().limit())
                .description("how many mails the backend is given at once")
                .tags(tags)
                .register(registry);
    }

    void probed(String backend, BackendState result) {
        registry.counter(
                        "postern.backend.probes",
                        "engine",
                        engine,
                        "backend",
                        backend,
                        "result",
                        result.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    void exchanged(String backend, long nanos, FilterResult result) {
        String outcome = switch (result) {
            case FilterResult.Findings ignored -> "verdict";
            case FilterResult.NoVerdict silence ->
                silence.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
        Timer.builder("postern.backend.exchange")
                .description("time a backend had a mail, until it let go of it")
                .tags("engine", engine, "backend", backend, "outcome", outcome)
                .register(registry)
                .record(Duration.ofNanos(nanos));
    }
}
