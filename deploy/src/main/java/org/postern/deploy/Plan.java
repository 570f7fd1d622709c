// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.postern.core.config.ConfigException;
import org.postern.delivery.StoreConfig;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;

/// What the roles of a node need.
///
/// @param farms the farms that start here, by name
/// @param store the store, if it starts here
/// @param config all of it
record Plan(SequencedMap<String, FarmConfig> farms, Optional<StoreConfig> store, PosternConfig config) {
    static Plan of(PosternConfig config, List<Role> roles) {
        SequencedMap<String, FarmConfig> farms = new TreeMap<>();
        Optional<StoreConfig> store = Optional.empty();
        for (Role role : roles) {
            switch (role) {
                case Role.Front(String farm) -> farms.put(farm, farm(config, farm));
                case Role.Store() -> store = Optional.of(store(config));
                case Role.AllInOne() -> {
                    farms.putAll(config.farms());
                    store = Optional.of(store(config));
                }
            }
        }
        if (farms.isEmpty() && store.isEmpty()) {
            throw new ConfigException("there is nothing to start: no farm and no store");
        }
        return new Plan(farms, store, config);
    }

    private static FarmConfig farm(PosternConfig config, String name) {
        FarmConfig farm = config.farms().get(name);
        if (farm == null) {
            throw new ConfigException("there is no farm \"" + name + "\"; there are: "
                    + String.join(", ", new TreeMap<>(config.farms()).keySet()));
        }
        return farm;
    }

    private static StoreConfig store(PosternConfig config) {
        return config.store()
                .orElseThrow(() -> new ConfigException(
                        "\"store\" is missing: write for example store: { spool: { folder: spool } }"));
    }

    Budget budget() {
        return new Budget(
                farms,
                Filters.bounds(config, farms.values()),
                farms.isEmpty() ? 0 : config.dns().maxQuestions(),
                store.stream().toList());
    }
}
