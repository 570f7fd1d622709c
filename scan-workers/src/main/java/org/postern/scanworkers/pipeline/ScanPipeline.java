// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Judges mails with all filters of one farm. Many threads may ask at once.
///
/// The filters of a mail run in parallel, each on a virtual thread of its own: cheap ones first, then those that ask a
/// backend, then heavy ones. As soon as no further answer can change the verdict the rest is interrupted and
/// stands in the assessment as `NOT_NEEDED`. The answer is given before the deadline even when a filter neither
/// answers nor reacts to the interrupt: such a straggler keeps its place among the bounded places of its filter
/// until it really ends, is counted, and is named in the log.
///
/// The filters belong to whoever made them, for several farms may share them; closing the pipeline does not close
/// them.
public final class ScanPipeline implements Assessor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScanPipeline.class);

    private final PipelineConfig config;

    /// Every filter that can be used, in the order in which they run.
    private final List<Station> all;

    private volatile Judging judging;
    private final Stragglers stragglers;
    private final VerdictCache cache;

    public ScanPipeline(FarmPolicy policy, List<Filter> filters, MeterRegistry meters) {
        this(policy, filters, PipelineConfig.DEFAULTS, meters);
    }

    /// @param filters those the policy names, and maybe more, which are then not used
    /// @throws ConfigException where the policy names a filter that is not there, or two have the same name
    public ScanPipeline(FarmPolicy policy, List<Filter> filters, PipelineConfig config, MeterRegistry meters) {
        this.config = config;
        this.all = stations(policy, filters, config, meters);
        this.judging = new Judging(policy, all);
        this.stragglers = new Stragglers(policy.farm(), config.stragglerGrace());
        this.cache = new VerdictCache(policy.farm(), config, meters, Ticker.systemTicker());
    }

    /// What one mail is judged by, from its beginning to its end.
    private record Judging(FarmPolicy policy, List<Station> stations) {}

    /// Judges the mails that come from now on by another policy. To be called after [#check].
    ///
    /// @throws ConfigException as [#check]
    public void judgeBy(FarmPolicy next) {
        check(next);
        List<Station> stations = all.stream()
                .filter(station -> next.filters().containsKey(station.filter().name()))
                .map(station -> station.under(Objects.requireNonNull(
                        next.filters().get(station.filter().name()))))
                .toList();
        judging = new Judging(next, stations);
    }

    /// @throws ConfigException where the policy names a filter that this pipeline was not started with
    public void check(FarmPolicy next) {
        Set<String> missing = new TreeSet<>(next.filters().keySet());
        all.forEach(station -> missing.remove(station.filter().name()));
        if (!missing.isEmpty()) {
            throw new ConfigException("farm \"" + next.farm() + "\" was started without the filters "
                    + String.join(", ", missing) + ": restart it to use them");
        }
    }

    /// The policy that counts now.
    public FarmPolicy policy() {
        return judging.policy();
    }

    private static List<Station> stations(
            FarmPolicy policy, List<Filter> filters, PipelineConfig config, MeterRegistry meters) {
        List<Station> stations = new ArrayList<>();
        Set<String> missing = new HashSet<>(policy.filters().keySet());
        Set<String> seen = new HashSet<>();
        for (Filter filter : filters) {
            if (!seen.add(filter.name())) {
                throw new ConfigException("two filters are called \"" + filter.name() + "\"; give each its own name");
            }
            FilterPolicy use = policy.filters().get(filter.name());
            if (use != null) {
                missing.remove(filter.name());
                stations.add(new Station(policy.farm(), filter, use, config.placesPerFilter(), meters));
            }
        }
        if (!missing.isEmpty()) {
            throw new ConfigException(missing.stream()
                    .sorted()
                    .map(name -> "farm \"" + policy.farm() + "\" uses the filter \"" + name
                            + "\", but there is no such filter; configure it or remove it from the farm")
                    .toList());
        }
        stations.sort(Comparator.comparing((Station station) -> station.filter().cost())
                .thenComparing(station -> station.filter().name()));
        return List.copyOf(stations);
    }

    @Override
    public Assessment assess(MailTransaction mail, Deadline deadline) {
        Judging now = judging;
        return new Round(
                        now.policy(),
                        config,
                        now.stations(),
                        stragglers,
                        cache,
                        mail,
                        deadline.keeping(config.reserve()))
                .assess();
    }

    @Override
    public void connected(ClientInfo client) {
        for (Station station : judging.stations()) {
            try {
                station.filter().connected(client);
            } catch (RuntimeException e) {
                LOG.error(
                        "filter {} failed at a connection, which is a defect",
                        station.filter().name(),
                        e);
            }
        }
    }

    /// How many scans, by filter, still run although their mail has had its answer.
    public Map<String, Integer> stragglers() {
        Map<String, Integer> result = new HashMap<>();
        for (Station station : all) {
            result.put(station.filter().name(), station.stragglers());
        }
        return result;
    }

    @Override
    public void close() {
        stragglers.close();
    }
}
