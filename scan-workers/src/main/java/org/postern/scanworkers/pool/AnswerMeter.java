// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import io.micrometer.core.instrument.MeterRegistry;

/// Counts what the backends of one engine said of mails, in their own words; what they said to probes is not counted.
///
/// @param engine whose backends they are
public record AnswerMeter(String engine, MeterRegistry registry) {
    /// @param answer one of a few words, such as `spam`
    public void count(String backend, String answer) {
        registry.counter("postern.backend.answers", "engine", engine, "backend", backend, "answer", answer)
                .increment();
    }
}
