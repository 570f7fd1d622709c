// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The rules of a file, each checked as a whole and against the others.
final class RuleChecks {
    private final List<Rule> rules = new ArrayList<>();
    private final List<MetaRule> metas = new ArrayList<>();
    private final Set<String> symbols;
    private boolean sound = true;

    /// @param known symbols of rules that run before, which meta rules may name
    RuleChecks(Set<String> known) {
        this.symbols = new HashSet<>(known);
    }

    /// What is right of all that was added.
    RuleSet rules() {
        return new RuleSet(rules, metas);
    }

    /// Takes up a rule, if there is nothing wrong with it.
    ///
    /// @param problem told of everything that is wrong
    void add(RuleDraft draft, Consumer<String> problem) {
        Consumer<String> noted = what -> {
            sound = false;
            problem.accept(what);
        };
        if (!draft.symbol.matches("[A-Z0-9_]{1,64}")) {
            noted.accept("\"symbol\" must be 1 to 64 of A-Z 0-9 _");
        } else if (!symbols.add(draft.symbol)) {
            noted.accept("the symbol " + draft.symbol + " is used twice");
        }
        if (Double.isNaN(draft.score)) {
            noted.accept("the rule " + draft.symbol + " has no \"score\"");
        }
        if (draft.meta.isPresent()) {
            meta(draft, draft.meta.get(), noted);
            return;
        }
        if (draft.phrases.isPresent() == draft.regex.isPresent()) {
            noted.accept("the rule " + draft.symbol + " needs either \"phrases\" or \"regex\"");
        }
        Optional<Place> place = place(draft.in);
        if (place.isEmpty()) {
            noted.accept("\"in\" is one of subject, body, html, sender, recipient, helo, content, header, header:NAME");
        } else if (place.get().target == Rule.Target.CONTENT && draft.regex.isPresent()) {
            noted.accept("a content rule takes phrases, not a regex");
        }
        if (draft.phrases.isPresent()
                && (draft.atLeast < 1 || draft.atLeast > draft.phrases.get().size())) {
            noted.accept("\"at-least\" must be 1 to the number of phrases");
        }
        if (draft.phrases.stream()
                .flatMap(List::stream)
                .anyMatch(phrase -> phrase.strip().length() < 3)) {
            noted.accept("a phrase has at least 3 characters");
        }
        if (sound && place.isPresent()) {
            rules.add(new Rule(
                    draft.symbol,
                    draft.description,
                    draft.score,
                    place.get().target,
                    place.get().field,
                    test(draft, place.get().target)));
        }
    }

    private void meta(RuleDraft draft, String text, Consumer<String> problem) {
        if (draft.phrases.isPresent() || draft.regex.isPresent() || !draft.in.isEmpty()) {
            problem.accept("a rule with \"meta\" has no \"in\", \"phrases\" or \"regex\"");
        }
        try {
            Set<String> others = new HashSet<>(symbols);
            others.remove(draft.symbol);
            Condition condition = Condition.parse(text, others);
            metas.add(new MetaRule(draft.symbol, draft.description, draft.score, condition, text));
        } catch (IllegalArgumentException e) {
            problem.accept("\"meta\": " + e.getMessage());
        }
    }

    private static Rule.Test test(RuleDraft draft, Rule.Target target) {
        if (draft.regex.isPresent()) {
            return new Rule.Expression(draft.regex.get());
        }
        List<String> phrases = draft.phrases.orElseThrow();
        return new Rule.Phrases(
                target == Rule.Target.CONTENT
                        ? phrases
                        : phrases.stream()
                                .map(phrase ->
                                        phrase.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
                                .toList(),
                draft.atLeast);
    }

    private record Place(Rule.Target target, Optional<String> field) {}

    private static Optional<Place> place(String in) {
        if (in.startsWith("header:") && in.length() > 7) {
            return Optional.of(new Place(
                    Rule.Target.HEADER, Optional.of(in.substring(7).strip().toLowerCase(Locale.ROOT))));
        }
        for (Rule.Target target : Rule.Target.values()) {
            if (target.name().toLowerCase(Locale.ROOT).equals(in)) {
                return Optional.of(new Place(target, Optional.empty()));
            }
        }
        return Optional.empty();
    }
}
