// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.filter.Finding;

/// Rules that belong together, in their order: first all that look at the mail, then those over their symbols.
record RuleSet(List<Rule> rules, List<MetaRule> metas) {
    static final RuleSet EMPTY = new RuleSet(List.of(), List.of());

    /// Symbols that start so are for meta rules only and are no finding.
    private static final String HIDDEN = "__";

    RuleSet {
        rules = List.copyOf(rules);
        metas = List.copyOf(metas);
    }

    RuleSet plus(RuleSet other) {
        return new RuleSet(
                Stream.concat(rules.stream(), other.rules.stream()).toList(),
                Stream.concat(metas.stream(), other.metas.stream()).toList());
    }

    int size() {
        return rules.size() + metas.size();
    }

    Set<String> symbols() {
        return Stream.concat(rules.stream().map(Rule::symbol), metas.stream().map(MetaRule::symbol))
                .collect(Collectors.toSet());
    }

    /// The phrases that are searched in the octets of parts.
    List<String> contentPhrases() {
        return rules.stream()
                .filter(rule -> rule.target() == Rule.Target.CONTENT)
                .flatMap(rule -> rule.test() instanceof Rule.Phrases phrases
                        ? phrases.phrases().stream()
                        : Stream.<String>empty())
                .distinct()
                .toList();
    }

    /// Whether the same content always gives the same findings.
    boolean ofContentOnly() {
        return rules.stream().allMatch(rule -> switch (rule.target()) {
            case HEADER, SUBJECT, BODY, HTML, CONTENT -> true;
            case SENDER, RECIPIENT, HELO -> false;
        });
    }

    double lowestScore() {
        return Stream.concat(
                        rules.stream().filter(rule -> isFinding(rule.symbol())).map(Rule::score),
                        metas.stream().filter(meta -> isFinding(meta.symbol())).map(MetaRule::score))
                .mapToDouble(score -> Math.min(0, score))
                .sum();
    }

    List<Finding> findings(MailText text) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Set<String> found = new HashSet<>();
        for (Rule rule : rules) {
            if (Thread.interrupted()) {
                throw new InterruptedException("between rules");
            }
            text.evidence(rule).ifPresent(evidence -> {
                found.add(rule.symbol());
                add(findings, rule.symbol(), rule.score(), evidence);
            });
        }
        for (MetaRule meta : metas) {
            if (meta.condition().holds(found)) {
                found.add(meta.symbol());
                add(findings, meta.symbol(), meta.score(), meta.text());
            }
        }
        return findings;
    }

    private static void add(List<Finding> findings, String symbol, double score, String evidence) {
        if (isFinding(symbol)) {
            findings.add(new Finding(symbol, score, evidence));
        }
    }

    private static boolean isFinding(String symbol) {
        return !symbol.startsWith(HIDDEN);
    }
}
