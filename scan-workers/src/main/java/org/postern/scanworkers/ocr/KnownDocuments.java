// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.postern.core.limits.ByteSize;

/// What is known of documents that were looked at before, by their hash. Any thread.
final class KnownDocuments {
    private static final int ENTRY = 200;

    private final MeterRegistry meters;
    private final Cache<String, Known> cache;

    KnownDocuments(ByteSize size, MeterRegistry meters) {
        this.meters = meters;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(size.bytes())
                .weigher((String hash, Known known) -> ENTRY + 2 * known.text.length())
                .executor(Runnable::run)
                .build();
    }

    /// What is known of a document.
    ///
    /// @param incomplete why something was not looked at
    record Known(String text, Optional<String> incomplete) {}

    Optional<Known> find(String hash) {
        Optional<Known> known = Optional.ofNullable(cache.getIfPresent(hash));
        meters.counter("postern.ocr.cache", "result", known.isPresent() ? "hit" : "miss")
                .increment();
        return known;
    }

    void put(String hash, Known known) {
        cache.put(hash, known);
    }
}
