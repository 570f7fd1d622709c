// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;

/// The sites that are being talked to or that failed lately. Many threads use it.
///
/// Those of which nothing needs to be remembered are forgotten now and then; the others are bounded by
/// the domains in the queue that were tried within `downMax`.
final class Sites {
    private static final int KEPT_ANYWAY = 1_000;
    private static final Duration SWEEP = Duration.ofSeconds(30);

    private final int places;
    private final Duration downFirst;
    private final Duration downMax;
    private final InstantSource clock;
    private final ConcurrentMap<String, Site> sites = new ConcurrentHashMap<>();
    private final AtomicReference<Instant> swept = new AtomicReference<>(Instant.EPOCH);

    /// @param places connections for one site
    /// @param downFirst how long a site is left alone after its first failure
    /// @param downMax how long at most
    Sites(int places, Duration downFirst, Duration downMax, InstantSource clock) {
        this.places = places;
        this.downFirst = downFirst;
        this.downMax = downMax;
        this.clock = clock;
    }

    Site site(String name) {
        sweep();
        return sites.computeIfAbsent(name, _ -> new Site(places, downFirst, downMax, clock));
    }

    private void sweep() {
        Instant last = swept.get();
        Instant now = clock.instant();
        if (sites.size() > KEPT_ANYWAY && now.isAfter(last.plus(SWEEP)) && swept.compareAndSet(last, now)) {
            sites.values().removeIf(Site::idle);
        }
    }

    int size() {
        return sites.size();
    }
}
