// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;

/// Makes the rule engine.
public final class RulesFilterFactory implements FilterFactory<RulesConfig> {
    @Override
    public String name() {
        return "rules";
    }

    @Override
    public Class<RulesConfig> settings() {
        return RulesConfig.class;
    }

    @Override
    public Filter create(RulesConfig settings, Surroundings surroundings) {
        LiveRules rules = new LiveRules(
                settings,
                settings.file().map(file -> surroundings.configFolder().resolve(file)),
                surroundings.meters());
        return new RulesFilter(name(), settings, rules);
    }
}
