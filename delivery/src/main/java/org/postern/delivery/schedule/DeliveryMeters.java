// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// Counts recipients by what became of them.
final class DeliveryMeters {
    private final Counter delivered;
    private final Counter deferred;
    private final Counter failed;
    private final Counter busy;
    private final Counter damaged;

    DeliveryMeters(MeterRegistry meters) {
        this.delivered = meters.counter("postern.delivery.recipients", "outcome", "delivered");
        this.deferred = meters.counter("postern.delivery.recipients", "outcome", "deferred");
        this.failed = meters.counter("postern.delivery.recipients", "outcome", "failed");
        this.busy = meters.counter("postern.delivery.recipients", "outcome", "busy");
        this.damaged = meters.counter("postern.delivery.damaged");
    }

    void count(Destination.Outcome outcome) {
        (switch (outcome) {
                    case Destination.Outcome.Delivered _ -> delivered;
                    case Destination.Outcome.Deferred _ -> deferred;
                    case Destination.Outcome.Failed _ -> failed;
                    case Destination.Outcome.Busy _ -> busy;
                })
                .increment();
    }

    void damaged() {
        damaged.increment();
    }
}
