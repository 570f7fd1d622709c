// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Makes values of Java types from [ConfigNode]s. An empty result means that a problem was reported; binding goes on
/// with the rest, so that all problems are found in one go. Used by one thread.
final class Binder {
    private final Path folder;
    private final Problems problems;

    Binder(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /// @param path the dotted name of the setting, for messages
    <C extends Record> Optional<C> bindRecord(Class<C> type, ConfigNode node, String path) {
        return mapping(node, path).flatMap(mapping -> record(type, mapping, path));
    }

    private Optional<?> bind(Type type, ConfigNode node, String path) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return list(arguments[0], node, path);
            }
            if (generic.getRawType() == Map.class) {
                return map(arguments[0], arguments[1], node, path);
            }
            if (generic.getRawType() == Optional.class) {
                Optional<?> present = bind(arguments[0], node, path);
                return present.isEmpty() ? present : Optional.of(present);
            }
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalStateException("not a type of settings: " + type + " at " + path);
        }
        if (plain == ConfigSection.class) {
            return mapping(node, path).map(mapping -> new Section(mapping, path, folder));
        }
        if (ScalarTypes.isScalar(plain)) {
            return scalar(plain, node, path);
        }
        if (plain.isRecord()) {
            return bindRecord(plain.asSubclass(Record.class), node, path);
        }
        throw new IllegalStateException("not a type of settings: " + type + " at " + path);
    }

    private Optional<Object> scalar(Class<?> type, ConfigNode node, String path) {
        if (!(node instanceof ConfigNode.Scalar scalar)) {
            return problem(node, path, "must be one value, not a list or a group of settings");
        }
        if (scalar.isNothing() && !(type == String.class && scalar.where().line() == 0)) {
            return problem(node, path, "has no value; write one, or leave the line out");
        }
        try {
            return Optional.of(ScalarTypes.convert(type, scalar.text(), folder));
        } catch (IllegalArgumentException e) {
            return problem(node, path, String.valueOf(e.getMessage()));
        }
    }

    private Optional<List<Object>> list(Type type, ConfigNode node, String path) {
        if (node instanceof ConfigNode.Scalar scalar && scalar.isNothing()) {
            return Optional.of(List.of());
        }
        if (node instanceof ConfigNode.Scalar word && word.where().line() == 0) {
            // On the command line, a list of one may be written as the one.
            return bind(type, node, path).map(item -> List.<Object>of(item));
        }
        if (!(node instanceof ConfigNode.Sequence sequence)) {
            return problem(node, path, "must be a list; write [a, b], or a line with \"- \" for each item");
        }
        List<Object> items = new ArrayList<>();
        boolean complete = true;
        for (int i = 0; i < sequence.items().size(); i++) {
            Optional<?> item = bind(type, sequence.items().get(i), Names.below(path, Integer.toString(i)));
            item.ifPresent(items::add);
            complete &= item.isPresent();
        }
        return complete ? Optional.of(List.copyOf(items)) : Optional.empty();
    }

    private Optional<Map<Object, Object>> map(Type keys, Type values, ConfigNode node, String path) {
        return mapping(node, path).flatMap(mapping -> {
            Map<Object, Object> bound = new LinkedHashMap<>();
            boolean complete = true;
            for (var entry : mapping.entries().entrySet()) {
                String below = Names.below(path, entry.getKey());
                ConfigNode.Scalar word = new ConfigNode.Scalar(
                        entry.getKey(), true, entry.getValue().key());
                Optional<?> key = bind(keys, word, below);
                Optional<?> value = bind(values, entry.getValue().value(), below);
                if (key.isPresent() && value.isPresent()) {
                    if (bound.putIfAbsent(key.get(), value.get()) != null) {
                        problems.add(word.where(), below + ": means the same as an earlier one");
                        complete = false;
                    }
                } else {
                    complete = false;
                }
            }
            return complete ? Optional.of(Collections.unmodifiableMap(bound)) : Optional.empty();
        });
    }

    private Optional<ConfigNode.Mapping> mapping(ConfigNode node, String path) {
        return switch (node) {
            case ConfigNode.Mapping mapping -> Optional.of(mapping);
            case ConfigNode.Scalar scalar
            when scalar.isNothing() -> Optional.of(ConfigNode.Mapping.empty(scalar.where()));
            case ConfigNode.Scalar scalar -> problem(scalar, path, "must be a group of settings (key: value)");
            case ConfigNode.Sequence sequence -> problem(sequence, path, "must be a group of settings, not a list");
        };
    }

    private <C extends Record> Optional<C> record(Class<C> type, ConfigNode.Mapping mapping, String path) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> keys = Arrays.stream(components)
                .map(component -> Names.kebab(component.getName()))
                .toList();
        mapping.entries().forEach((key, entry) -> {
            if (!keys.contains(key)) {
                problems.add(
                        entry.key(),
                        "unknown setting \"" + key + "\"" + (path.isEmpty() ? "" : " in " + path)
                                + Suggestion.of(key, keys));
            }
        });
        @Nullable Object[] values = new @Nullable Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            ConfigNode.Entry entry = mapping.entries().get(keys.get(i));
            Optional<?> value = entry == null
                    ? absent(components[i], mapping, path)
                    : bind(components[i].getGenericType(), entry.value(), Names.below(path, keys.get(i)));
            complete &= value.isPresent();
            values[i] = value.orElse(null);
        }
        return complete ? construct(type, components, values, mapping, path) : Optional.empty();
    }

    private Optional<?> absent(RecordComponent component, ConfigNode.Mapping mapping, String path) {
        String key = Names.kebab(component.getName());
        Default written = component.getAnnotation(Default.class);
        Class<?> type = component.getType();
        if (written != null) {
            Where where = new Where("default of " + Names.below(path, key), 0);
            Optional<ConfigNode> node = isWord(component.getGenericType())
                    ? Optional.of(new ConfigNode.Scalar(written.value(), true, where))
                    : YamlReader.value(where, written.value(), problems);
            return node.flatMap(value -> bind(component.getGenericType(), value, Names.below(path, key)));
        }
        if (type == Optional.class) {
            return Optional.of(Optional.empty());
        }
        if (type == OptionalDouble.class) {
            return Optional.of(OptionalDouble.empty());
        }
        if (type == OptionalInt.class) {
            return Optional.of(OptionalInt.empty());
        }
        if (type == OptionalLong.class) {
            return Optional.of(OptionalLong.empty());
        }
        if (type.isRecord() && !ScalarTypes.isScalar(type)) {
            // A group nobody wrote: its own defaults count, and what it lacks is reported as lacking there.
            return bind(type, ConfigNode.Mapping.empty(mapping.where()), Names.below(path, key));
        }
        Doc doc = component.getAnnotation(Doc.class);
        problems.add(
                mapping.where(),
                "\"" + key + "\" is missing" + (path.isEmpty() ? "" : " in " + path)
                        + (doc == null ? "" : ": " + doc.value()));
        return Optional.empty();
    }

    private static boolean isWord(Type type) {
        return switch (type) {
            case Class<?> plain -> ScalarTypes.isScalar(plain);
            case ParameterizedType generic ->
                generic.getRawType() == Optional.class && isWord(generic.getActualTypeArguments()[0]);
            default -> false;
        };
    }

    private <C extends Record> Optional<C> construct(
            Class<C> type, RecordComponent[] components, @Nullable Object[] values, ConfigNode node, String path) {
        try {
            Constructor<C> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException reason) {
                return problem(node, path, String.valueOf(reason.getMessage()));
            }
            throw new IllegalStateException("the settings record " + type.getName() + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not a settings record: " + type.getName(), e);
        }
    }

    private <T> Optional<T> problem(ConfigNode node, String path, String text) {
        problems.add(node.where(), path.isEmpty() ? text : path + ": " + text);
        return Optional.empty();
    }

    /// A part that is bound later, by whoever knows its record.
    private record Section(ConfigNode.Mapping mapping, String path, Path folder) implements ConfigSection {
        @Override
        public <C extends Record> C as(Class<C> settings) {
            return ConfigFile.bind(settings, mapping, path, folder, new Problems());
        }
    }
}
