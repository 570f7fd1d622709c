// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;

/// One filter in one farm: its policy, its places and its meters. Shared by all mails.
final class Station {
    private final Filter filter;
    private final FilterPolicy policy;
    private final Semaphore places;
    private final AtomicInteger stragglers;
    private final MeterRegistry meters;
    private final Tags tags;
    private final Counter repeated;

    Station(String farm, Filter filter, FilterPolicy policy, int places, MeterRegistry meters) {
        this.filter = filter;
        this.policy = policy;
        this.places = new Semaphore(places);
        this.stragglers = new AtomicInteger();
        this.meters = meters;
        this.tags = Tags.of("farm", farm, "filter", filter.name());
        this.repeated = Counter.builder("postern.filter.repeated")
                .description("how often a filter was asked again because its policy is wait")
                .tags(tags)
                .register(meters);
        Gauge.builder("postern.filter.running", this, station -> places - station.places.availablePermits())
                .description("mails the filter is looking at, stragglers included")
                .tags(tags)
                .register(meters);
        Gauge.builder("postern.filter.stragglers", stragglers, AtomicInteger::get)
                .description("scans that still run although their mail has had its answer")
                .tags(tags)
                .register(meters);
    }

    /// The same places and meters under another policy.
    private Station(Station other, FilterPolicy policy) {
        this.filter = other.filter;
        this.policy = policy;
        this.places = other.places;
        this.stragglers = other.stragglers;
        this.meters = other.meters;
        this.tags = other.tags;
        this.repeated = other.repeated;
    }

    /// This station under another policy; mails that are with it stay with the old one.
    Station under(FilterPolicy next) {
        return new Station(this, next);
    }

    Filter filter() {
        return filter;
    }

    FilterPolicy policy() {
        return policy;
    }

    Semaphore places() {
        return places;
    }

    int stragglers() {
        return stragglers.get();
    }

    void straggling(int change) {
        stragglers.addAndGet(change);
    }

    void countRepeat() {
        repeated.increment();
    }

    /// Times one answer; the outcome is `found`, `nothing`, or the reason of the silence.
    void time(Duration took, FilterResult result) {
        String outcome = switch (result) {
            case FilterResult.Findings found -> found.findings().isEmpty() ? "nothing" : "found";
            case FilterResult.NoVerdict silence ->
                silence.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
        Timer.builder("postern.filter.scan")
                .description("time from the start of a filter to its answer")
                .tags(tags.and("outcome", outcome))
                .register(meters)
                .record(took);
    }

    /// The lowest points this filter could still add.
    double lowestPoints() {
        double weight = policy.weight();
        if (weight == 0) {
            return 0;
        }
        return weight < 0 ? Double.NEGATIVE_INFINITY : weight * filter.lowestScore();
    }
}
