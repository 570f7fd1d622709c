// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.scanworkers.TestPatterns;

/// The rules that run without any file.
final class BuiltInRules {
    private BuiltInRules() {}

    static RuleSet load() {
        List<Rule> rules = new ArrayList<>();
        rules.add(
                content("RULE_EICAR_TEST_FILE", "the EICAR test file; a rule, not a virus scan", TestPatterns.eicar()));
        rules.add(content("RULE_GTUBE", "the GTUBE line of the spam filters", TestPatterns.gtube()));
        return RuleFile.parse("built-in rules", resource(), Set.of()).plus(new RuleSet(rules, List.of()));
    }

    private static Rule content(String symbol, String description, String pattern) {
        return new Rule(
                symbol, description, 100, Rule.Target.CONTENT, Optional.empty(), new Rule.Phrases(List.of(pattern), 1));
    }

    private static String resource() {
        try (InputStream in = BuiltInRules.class.getResourceAsStream("built-in-rules.yaml")) {
            if (in == null) {
                throw new AssertionError("built-in-rules.yaml is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
