// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.postern.delivery.spool.SpoolStore;

/// What the meters say of the spool, until it is closed.
final class StoreMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters;

    StoreMeters(SpoolStore spool, MeterRegistry registry) {
        this.registry = registry;
        this.meters = List.of(
                gauge(spool, "postern.spool.mails", s -> s.stats().mails()),
                gauge(spool, "postern.spool.torn", s -> s.stats().torn()),
                gauge(spool, "postern.spool.corrupt", s -> s.stats().corrupt()),
                gauge(spool, "postern.spool.failed", s -> s.stats().failed()),
                gauge(spool, "postern.spool.remembered", s -> s.remembered().count()),
                gauge(spool, "postern.spool.remembered.max", s -> s.remembered().most()),
                gauge(
                        spool,
                        "postern.spool.remembered.forgotten",
                        s -> s.remembered().forgotten()),
                gauge(spool, "postern.spool.accepting", s -> s.health().ok() ? 1 : 0),
                gauge(spool, "postern.delivery.paused", s -> s.paused() ? 1 : 0));
    }

    private Meter gauge(SpoolStore spool, String name, ToDoubleFunction<SpoolStore> value) {
        return Gauge.builder(name, spool, value).register(registry);
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
