// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;

/// Makes the rule engine.
public final class RulesFilterFactory implements FilterFactory<RulesConfig> {
    private static final long FILE_MAX = 4L * 1024 * 1024;

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
        List<Rule> rules = new ArrayList<>();
        if (settings.builtIn()) {
            rules.addAll(BuiltInRules.load());
        }
        settings.file()
                .map(file -> surroundings.configFolder().resolve(file))
                .ifPresent(file -> rules.addAll(read(file)));
        return new RulesFilter(name(), settings, rules);
    }

    private static List<Rule> read(Path file) {
        try {
            if (Files.size(file) > FILE_MAX) {
                throw new ConfigException(file + ": a rule file has at most 4 MiB");
            }
            return RuleFile.parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException(file + ": this rule file cannot be read (" + e + "); check path and rights");
        }
    }
}
