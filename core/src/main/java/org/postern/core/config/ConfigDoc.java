// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Makes the settings reference from the records that settings are read into.
public final class ConfigDoc {
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Class<? extends Record>> sections;
    private final Deque<Group> waiting = new ArrayDeque<>();

    private record Group(String path, Class<?> type) {}

    private ConfigDoc(Map<String, Class<? extends Record>> sections) {
        this.sections = sections;
    }

    /// Markdown: one table for each group of settings, in the order in which they are reached.
    ///
    /// @param sections the records of parts that are bound later, by their path, for example `engines.clamav`
    public static String markdown(Class<? extends Record> root, Map<String, Class<? extends Record>> sections) {
        ConfigDoc doc = new ConfigDoc(sections);
        doc.waiting.add(new Group("", root));
        sections.forEach((path, type) -> doc.waiting.add(new Group(path, type)));
        while (!doc.waiting.isEmpty()) {
            doc.group(doc.waiting.poll());
        }
        return doc.out.toString();
    }

    private void group(Group group) {
        out.append("## ")
                .append(group.path().isEmpty() ? "Top level" : "`" + group.path() + "`")
                .append("\n\n");
        Doc doc = group.type().getAnnotation(Doc.class);
        if (doc != null) {
            out.append(doc.value()).append("\n\n");
        }
        out.append("| setting | type | default | meaning |\n|---|---|---|---|\n");
        for (RecordComponent component : group.type().getRecordComponents()) {
            row(group, component);
        }
        out.append('\n');
    }

    private void row(Group group, RecordComponent component) {
        String key = Names.kebab(component.getName());
        Doc doc = component.getAnnotation(Doc.class);
        out.append("| `").append(key).append("` | ");
        out.append(cell(typeName(component.getGenericType(), Names.below(group.path(), key))))
                .append(" | ");
        out.append(cell(defaultOf(component))).append(" | ");
        out.append(cell(doc == null ? "" : doc.value())).append(" |\n");
    }

    private static String defaultOf(RecordComponent component) {
        Default written = component.getAnnotation(Default.class);
        Class<?> type = component.getType();
        if (written != null) {
            return written.value().isEmpty() ? "empty" : "`" + written.value() + "`";
        }
        if (type.getName().startsWith("java.util.Optional")) {
            return "not set";
        }
        return type.isRecord() && !ScalarTypes.isScalar(type) ? "" : "required";
    }

    private String typeName(Type type, String path) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return "list of " + typeName(arguments[0], path + "[]");
            }
            if (generic.getRawType() == Map.class) {
                return "group by " + typeName(arguments[0], path) + " of " + typeName(arguments[1], path + ".<name>");
            }
            if (generic.getRawType() == Optional.class) {
                return typeName(arguments[0], path);
            }
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalArgumentException("not a type of settings: " + type);
        }
        if (plain == ConfigSection.class) {
            List<String> below = sections.keySet().stream()
                    .filter(section -> section.equals(path) || path.equals(above(section) + ".<name>"))
                    .toList();
            return "settings of " + String.join(", ", below);
        }
        if (plain.isEnum()) {
            return Arrays.stream(plain.getEnumConstants())
                    .map(constant -> "`" + Names.kebab((Enum<?>) constant) + "`")
                    .collect(Collectors.joining(" or "));
        }
        if (plain.isRecord() && !ScalarTypes.isScalar(plain)) {
            waiting.add(new Group(path, plain));
            return "group";
        }
        return switch (plain.getSimpleName()) {
            case "int", "long", "OptionalInt", "OptionalLong" -> "whole number";
            case "double", "Double", "OptionalDouble" -> "number";
            case "boolean" -> "`true` or `false`";
            case "String" -> "text";
            case "Duration" -> "time, such as `30s`";
            case "ByteSize" -> "size, such as `25MiB`";
            case "Rate" -> "rate, such as `300/1m`";
            case "HostAndPort" -> "host:port";
            case "CidrBlock" -> "address block";
            case "MailAddress" -> "address";
            default -> Names.kebab(plain.getSimpleName()).replace('-', ' ');
        };
    }

    private static String above(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<name>", "NAME").replaceAll("\\s+", " ");
    }
}
