// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// What was found of clients, and how DNS answered.
record ClientMeters(MeterRegistry registry) {
    void found(String symbol) {
        registry.counter("postern.client.found", "symbol", symbol).increment();
    }

    /// @param question `helo` or `reverse`
    /// @param since when it was asked, by [System#nanoTime]
    void lookedUp(String question, String answer, long since) {
        Timer.builder("postern.client.lookup")
                .description("time a mail waited for DNS on its client; early look-ups are not counted")
                .tags("question", question, "answer", answer)
                .register(registry)
                .record(Duration.ofNanos(System.nanoTime() - since));
    }
}
