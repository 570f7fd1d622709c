// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.postern.core.config.ConfigException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads rules from YAML, strictly: every problem of the file is reported at once, with its line.
final class RuleFile {
    private static final int RULES_MAX = 10_000;
    private static final Set<String> KEYS =
            Set.of("symbol", "describe", "score", "in", "phrases", "regex", "at-least", "meta");

    private final String name;
    private final List<String> problems = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<MetaRule> metas = new ArrayList<>();
    private final Set<String> symbols;

    private RuleFile(String name, Set<String> known) {
        this.name = name;
        this.symbols = new HashSet<>(known);
    }

    /// Reads the rules.
    ///
    /// @param name of the file, for messages
    /// @param known symbols of rules that run before, which meta rules may name
    /// @throws ConfigException with all problems
    static RuleSet parse(String name, String yaml, Set<String> known) {
        RuleFile file = new RuleFile(name, known);
        try {
            new Compose(LoadSettings.builder().setLabel(name).build())
                    .composeString(yaml)
                    .ifPresent(file::document);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            file.problems.add(name + ":" + line + ": this is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            file.problems.add(name + ": this is not YAML: " + e.getMessage());
        }
        if (!file.problems.isEmpty()) {
            throw new ConfigException(file.problems);
        }
        return new RuleSet(file.rules, file.metas);
    }

    private void document(Node root) {
        if (!(root instanceof MappingNode top)) {
            problem(root, "write \"rules:\" and below it the list of rules");
            return;
        }
        for (NodeTuple entry : top.getValue()) {
            if (!scalar(entry.getKeyNode()).equals("rules")) {
                problem(
                        entry.getKeyNode(),
                        "unknown key \"" + scalar(entry.getKeyNode()) + "\"; only \"rules\" is known");
            } else if (!(entry.getValueNode() instanceof SequenceNode list)) {
                problem(entry.getValueNode(), "\"rules\" is a list; start each rule with \"- symbol: NAME\"");
            } else if (list.getValue().size() > RULES_MAX) {
                problem(list, "more than " + RULES_MAX + " rules; split off what is not needed");
            } else {
                list.getValue().forEach(this::rule);
            }
        }
    }

    private void rule(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            problem(node, "a rule needs the keys symbol, score, in, and phrases or regex");
            return;
        }
        Draft draft = new Draft();
        for (NodeTuple entry : mapping.getValue()) {
            String key = scalar(entry.getKeyNode());
            if (KEYS.contains(key)) {
                set(draft, key, entry.getValueNode());
            } else {
                problem(
                        entry.getKeyNode(),
                        "unknown key \"" + key + "\"; a rule has "
                                + String.join(", ", KEYS.stream().sorted().toList()));
            }
        }
        finish(draft, node);
    }

    private static final class Draft {
        String symbol = "";
        String description = "";
        double score = Double.NaN;
        String in = "";
        Optional<List<String>> phrases = Optional.empty();
        Optional<Pattern> regex = Optional.empty();
        Optional<String> meta = Optional.empty();
        int atLeast = 1;
    }

    private void set(Draft draft, String key, Node value) {
        String text = value instanceof ScalarNode ? scalar(value).strip() : "";
        switch (key) {
            case "symbol" -> draft.symbol = text;
            case "describe" -> draft.description = text;
            case "in" -> draft.in = text;
            case "meta" -> draft.meta = Optional.of(text);
            case "score" -> draft.score = number(value, text);
            case "at-least" -> draft.atLeast = text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : 0;
            case "regex" -> draft.regex = regex(value, text);
            case "phrases" -> {
                if (value instanceof SequenceNode list
                        && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
                    draft.phrases = Optional.of(
                            list.getValue().stream().map(RuleFile::scalar).toList());
                } else {
                    problem(value, "\"phrases\" is a list of texts");
                }
            }
            default -> throw new AssertionError(key);
        }
    }

    private double number(Node value, String text) {
        try {
            double score = Double.parseDouble(text);
            if (Double.isFinite(score) && Math.abs(score) <= 1000) {
                return score;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        problem(value, "\"score\" is a number from -1000 to 1000");
        return 0;
    }

    private Optional<Pattern> regex(Node value, String text) {
        try {
            return Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            problem(
                    value,
                    "this expression cannot be used: " + e.getMessage()
                            + " (RE2 syntax: no back-references, no look-around)");
            return Optional.of(Pattern.compile("$^"));
        }
    }

    private void finish(Draft draft, Node node) {
        if (!draft.symbol.matches("[A-Z0-9_]{1,64}")) {
            problem(node, "\"symbol\" must be 1 to 64 of A-Z 0-9 _");
        } else if (!symbols.add(draft.symbol)) {
            problem(node, "the symbol " + draft.symbol + " is used twice");
        }
        if (Double.isNaN(draft.score)) {
            problem(node, "the rule " + draft.symbol + " has no \"score\"");
        }
        if (draft.meta.isPresent()) {
            meta(draft, draft.meta.get(), node);
            return;
        }
        if (draft.phrases.isPresent() == draft.regex.isPresent()) {
            problem(node, "the rule " + draft.symbol + " needs either \"phrases\" or \"regex\"");
        }
        Optional<Place> place = place(draft.in);
        if (place.isEmpty()) {
            problem(
                    node,
                    "\"in\" is one of subject, body, html, sender, recipient, helo, content, header, header:NAME");
        } else if (place.get().target == Rule.Target.CONTENT && draft.regex.isPresent()) {
            problem(node, "a content rule takes phrases, not a regex");
        }
        if (draft.phrases.isPresent()
                && (draft.atLeast < 1 || draft.atLeast > draft.phrases.get().size())) {
            problem(node, "\"at-least\" must be 1 to the number of phrases");
        }
        if (draft.phrases.stream()
                .flatMap(List::stream)
                .anyMatch(phrase -> phrase.strip().length() < 3)) {
            problem(node, "a phrase has at least 3 characters");
        }
        if (problems.isEmpty() && place.isPresent()) {
            rules.add(new Rule(
                    draft.symbol,
                    draft.description,
                    draft.score,
                    place.get().target,
                    place.get().field,
                    test(draft, place.get().target)));
        }
    }

    private void meta(Draft draft, String text, Node node) {
        if (draft.phrases.isPresent() || draft.regex.isPresent() || !draft.in.isEmpty()) {
            problem(node, "a rule with \"meta\" has no \"in\", \"phrases\" or \"regex\"");
        }
        try {
            Set<String> others = new HashSet<>(symbols);
            others.remove(draft.symbol);
            Condition condition = Condition.parse(text, others);
            metas.add(new MetaRule(draft.symbol, draft.description, draft.score, condition, text));
        } catch (IllegalArgumentException e) {
            problem(node, "\"meta\": " + e.getMessage());
        }
    }

    private static Rule.Test test(Draft draft, Rule.Target target) {
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

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private void problem(Node node, String what) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
        problems.add(name + ":" + line + ": " + what);
    }
}
