// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
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
    private final RuleChecks checks;

    private RuleFile(String name, Set<String> known) {
        this.name = name;
        this.checks = new RuleChecks(known);
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
        return file.checks.rules();
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
        RuleDraft draft = new RuleDraft();
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
        checks.add(draft, what -> problem(node, what));
    }

    private void set(RuleDraft draft, String key, Node value) {
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
        if (!RegexSize.fits(text)) {
            problem(value, "this expression cannot be used: it is too long, or repeats too often what it repeats");
            return Optional.of(Pattern.compile("$^"));
        }
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

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private void problem(Node node, String what) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
        problems.add(name + ":" + line + ": " + what);
    }
}
