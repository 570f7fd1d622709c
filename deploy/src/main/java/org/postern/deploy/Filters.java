// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.config.ConfigSection;
import org.postern.core.dns.DnsClient;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.core.filter.FilterPolicy;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.BuiltInFilters;
import org.postern.scanworkers.plugins.Plugins;

/// The filters that some farms need, each made once and shared by them, and the resolver they ask.
public final class Filters implements AutoCloseable {
    private final Map<String, Filter> byName = new TreeMap<>();
    private final Optional<DnsClient> ownDns;
    private final Plugins plugins;

    private Filters(Optional<DnsClient> ownDns, Plugins plugins) {
        this.ownDns = ownDns;
        this.plugins = plugins;
    }

    /// Makes every filter that one of the farms names, with a DNS client of their own; all problems are reported at
    /// once.
    public static Filters create(
            PosternConfig config, Collection<FarmConfig> farms, Path folder, Path temp, MeterRegistry meters) {
        Plugins plugins = plugins(config);
        DnsClient dns = new DnsClient(config.dns(), meters);
        return create(
                config, farms, new FilterFactory.Surroundings(folder, temp, meters, dns), plugins, Optional.of(dns));
    }

    /// As above, with a resolver that others use as well.
    static Filters create(
            PosternConfig config,
            Collection<FarmConfig> farms,
            Path folder,
            Path temp,
            MeterRegistry meters,
            DnsResolver dns) {
        return create(
                config,
                farms,
                new FilterFactory.Surroundings(folder, temp, meters, dns),
                plugins(config),
                Optional.empty());
    }

    private static Plugins plugins(PosternConfig config) {
        return Plugins.load(
                config.plugins(),
                BuiltInFilters.factories().stream().map(FilterFactory::name).toList());
    }

    private static Filters create(
            PosternConfig config,
            Collection<FarmConfig> farms,
            FilterFactory.Surroundings surroundings,
            Plugins plugins,
            Optional<DnsClient> ownDns) {
        Map<String, ConfigSection> engines = config.engines();
        Map<String, FilterFactory<?>> factories = Stream.concat(
                        BuiltInFilters.factories().stream(), plugins.factories().stream())
                .collect(Collectors.toMap(FilterFactory::name, factory -> factory, (a, b) -> a, TreeMap::new));
        TreeSet<String> wanted = new TreeSet<>();
        farms.forEach(farm -> wanted.addAll(farm.filters().keySet()));
        Filters filters = new Filters(ownDns, plugins);
        List<String> problems = new ArrayList<>();
        TreeSet<String> known = new TreeSet<>(factories.keySet());
        engines.forEach((name, section) -> {
            FilterFactory<?> factory = factories.get(name);
            if (factory == null) {
                problems.add("engines." + name + ": there is no such engine; there are: " + String.join(", ", known));
            } else if (!wanted.contains(name)) {
                // Nobody uses it here, but what is written must be right.
                problemsOf(problems, () -> section.as(factory.settings()));
            }
        });
        for (String name : wanted) {
            FilterFactory<?> factory = factories.get(name);
            if (factory == null) {
                problems.add("a farm names the filter \"" + name + "\", which there is not; there are: "
                        + String.join(", ", known));
            } else {
                ConfigSection section = engines.get(name);
                problemsOf(
                        problems,
                        () -> filters.byName.put(
                                name, make(factory, section == null ? none(name) : section, surroundings)));
            }
        }
        if (!problems.isEmpty()) {
            filters.close();
            throw new ConfigException(problems);
        }
        if (farms.stream().anyMatch(Filters::lacksVirusScanner)) {
            filters.byName.put(NoVirusScanner.NAME, new NoVirusScanner());
        }
        return filters;
    }

    /// What the filters that some farms need take at most, by name; those from the plugin folder too. What cannot be
    /// read is left out: [#create] says what is wrong with it.
    static Map<String, FilterFactory.Bounds> bounds(PosternConfig config, Collection<FarmConfig> farms) {
        Map<String, FilterFactory.Bounds> all = new TreeMap<>();
        BuiltInFilters.factories().forEach(factory -> bounds(factory, config.engines(), farms, all));
        problemsOf(new ArrayList<>(), () -> {
            try (Plugins plugins = plugins(config)) {
                plugins.factories().forEach(factory -> bounds(factory, config.engines(), farms, all));
            }
        });
        return all;
    }

    private static void bounds(
            FilterFactory<?> factory,
            Map<String, ConfigSection> engines,
            Collection<FarmConfig> farms,
            Map<String, FilterFactory.Bounds> all) {
        String name = factory.name();
        if (farms.stream().anyMatch(farm -> farm.filters().containsKey(name))) {
            problemsOf(new ArrayList<>(), () -> {
                FilterFactory.Bounds bounds = bounds(factory, engines.getOrDefault(name, none(name)));
                if (!bounds.reason().isEmpty()) {
                    all.put(name, bounds);
                }
            });
        }
    }

    private static <C extends Record> FilterFactory.Bounds bounds(FilterFactory<C> factory, ConfigSection section) {
        C settings = section.as(factory.settings());
        try {
            return factory.bounds(settings);
        } catch (LinkageError | RuntimeException e) {
            throw new ConfigException("engines." + factory.name() + ": this filter cannot say what it takes: " + e);
        }
    }

    private static void problemsOf(List<String> problems, Runnable what) {
        try {
            what.run();
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }

    private static <C extends Record> Filter make(
            FilterFactory<C> factory, ConfigSection section, FilterFactory.Surroundings surroundings) {
        try {
            return factory.create(section.as(factory.settings()), surroundings);
        } catch (ConfigException e) {
            throw e;
        } catch (LinkageError | RuntimeException e) {
            throw new ConfigException("engines." + factory.name() + ": this filter cannot be made: " + e);
        }
    }

    /// The section nobody wrote.
    private static ConfigSection none(String name) {
        return new ConfigSection() {
            @Override
            public <C extends Record> C as(Class<C> settings) {
                return ConfigFile.parse("engines." + name + " (not written)", Path.of(""), "", List.of(), settings);
            }
        };
    }

    /// All of them, by name.
    public List<Filter> all() {
        return List.copyOf(byName.values());
    }

    /// The policy of a farm, with the stand-in for the virus scanner it does not have.
    public static FarmPolicy policy(String name, FarmConfig farm) {
        FarmPolicy policy = farm.policy(name);
        if (!NoVirusScanner.neededBeside(policy.filters().keySet())) {
            return policy;
        }
        Map<String, FilterPolicy> filters = new TreeMap<>(policy.filters());
        filters.put(NoVirusScanner.NAME, NoVirusScanner.POLICY);
        return new FarmPolicy(name, policy.thresholds(), filters);
    }

    /// Whether no filter of this farm looks for viruses.
    public static boolean lacksVirusScanner(FarmConfig farm) {
        return NoVirusScanner.neededBeside(farm.filters().keySet());
    }

    @Override
    public void close() {
        // Some are from plugins: what one does must not keep the others open.
        try (Parts parts = new Parts()) {
            parts.add("plugins", plugins);
            ownDns.ifPresent(dns -> parts.add("dns of the filters", dns));
            byName.forEach((name, filter) -> parts.add("filter " + name, filter));
        }
    }
}
