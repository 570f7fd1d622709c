// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Settings given on the command line, `farms.mx.listen.0.port=0`: they replace what the file says, or add to it.
///
/// Steps are separated by dots; a step that itself holds a dot stands in double quotes. A number is the place in a
/// list, from 0; the number after the last one appends. The value is text, or YAML where it begins with `[`, `{` or
/// a quote.
final class Overrides {
    private static final Pattern STEP = Pattern.compile("\"[^\"]+\"|[^.\"=]+");
    private static final Pattern FORM =
            Pattern.compile("((?:" + STEP + ")(?:\\.(?:" + STEP + "))*+)=(.*)", Pattern.DOTALL);

    private Overrides() {}

    static ConfigNode apply(ConfigNode root, List<String> overrides, Problems problems) {
        ConfigNode result = root;
        for (String override : overrides) {
            result = apply(result, override, problems);
        }
        return result;
    }

    private static ConfigNode apply(ConfigNode root, String override, Problems problems) {
        Where where = new Where("--set " + override, 0);
        Matcher written = FORM.matcher(override);
        if (!written.matches()) {
            problems.add(where, "write KEY=VALUE, for example farms.mx.deadline=30s");
            return root;
        }
        List<String> path = STEP.matcher(written.group(1))
                .results()
                .map(step -> step.group().replace("\"", "").strip())
                .toList();
        if (path.size() > YamlReader.DEPTH_MAX) {
            problems.add(where, "has more than " + YamlReader.DEPTH_MAX + " steps");
            return root;
        }
        return value(written.group(2), where, problems)
                .flatMap(value -> with(root, path, value, where, problems))
                .orElse(root);
    }

    private static Optional<ConfigNode> value(String text, Where where, Problems problems) {
        if (text.startsWith("[") || text.startsWith("{") || text.startsWith("\"") || text.startsWith("'")) {
            return YamlReader.value(where, text, problems);
        }
        return Optional.of(new ConfigNode.Scalar(text, false, where));
    }

    private static Optional<ConfigNode> with(
            ConfigNode node, List<String> path, ConfigNode value, Where where, Problems problems) {
        if (path.isEmpty()) {
            return Optional.of(value);
        }
        String step = path.getFirst();
        List<String> rest = path.subList(1, path.size());
        return switch (node) {
            case ConfigNode.Mapping(var entries, var place) -> {
                ConfigNode.Entry present = entries.get(step);
                ConfigNode below = present == null ? ConfigNode.Mapping.empty(where) : present.value();
                yield with(below, rest, value, where, problems).map(changed -> {
                    LinkedHashMap<String, ConfigNode.Entry> copy = new LinkedHashMap<>(entries);
                    copy.put(step, new ConfigNode.Entry(present == null ? where : present.key(), changed));
                    return new ConfigNode.Mapping(copy, place);
                });
            }
            case ConfigNode.Sequence(var items, var place) -> {
                int index = step.matches("\\d{1,6}") ? Integer.parseInt(step) : -1;
                if (index < 0 || index > items.size()) {
                    problems.add(
                            where,
                            "\"" + step + "\" must be the place in a list of " + items.size() + ", counted from 0");
                    yield Optional.empty();
                }
                ConfigNode below = index == items.size() ? ConfigNode.Mapping.empty(where) : items.get(index);
                yield with(below, rest, value, where, problems).map(changed -> {
                    List<ConfigNode> copy = new ArrayList<>(items);
                    if (index == copy.size()) {
                        copy.add(changed);
                    } else {
                        copy.set(index, changed);
                    }
                    return new ConfigNode.Sequence(copy, place);
                });
            }
            // A key without a value, or with another one than the override needs: the override decides.
            case ConfigNode.Scalar scalar ->
                with(ConfigNode.Mapping.empty(scalar.where()), path, value, where, problems);
        };
    }
}
