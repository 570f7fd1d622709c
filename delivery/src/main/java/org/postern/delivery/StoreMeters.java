// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.postern.delivery.spool.SpoolStore;

/// What the meters say of the spool.
final class StoreMeters {
    private StoreMeters() {}

    static void register(SpoolStore spool, MeterRegistry meters) {
        Gauge.builder("postern.spool.mails", spool, s -> s.stats().mails()).register(meters);
        Gauge.builder("postern.spool.torn", spool, s -> s.stats().torn()).register(meters);
        Gauge.builder("postern.spool.corrupt", spool, s -> s.stats().corrupt()).register(meters);
        Gauge.builder("postern.spool.failed", spool, s -> s.stats().failed()).register(meters);
        Gauge.builder("postern.spool.accepting", spool, s -> s.health().ok() ? 1 : 0)
                .register(meters);
    }
}
