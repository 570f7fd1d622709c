// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What differs between two configurations, setting by setting.
///
/// @param path the dotted name of the setting, as it is written
/// @param before the old value; `-` where there was none
/// @param after the new one
public record ConfigDiff(String path, String before, String after) {
    private static final String NOTHING = "-";

    /// All differences between two records of the same type. Sections whose record is not known here are left out.
    public static <C extends Record> List<ConfigDiff> between(C before, C after) {
        return between("", before, after);
    }

    /// As [#between(Record, Record)], for settings below a path.
    public static <C extends Record> List<ConfigDiff> between(String path, C before, C after) {
        List<ConfigDiff> found = new ArrayList<>();
        compare(path, before, after, found);
        return found;
    }

    private static void compare(String path, @Nullable Object before, @Nullable Object after, List<ConfigDiff> found) {
        if (before instanceof ConfigSection || after instanceof ConfigSection || Objects.equals(before, after)) {
            return;
        }
        if (before instanceof Optional<?> one && after instanceof Optional<?> other) {
            compare(path, one.orElse(null), other.orElse(null), found);
        } else if (before instanceof Map<?, ?> one && after instanceof Map<?, ?> other) {
            TreeSet<Object> keys = new TreeSet<>(one.keySet());
            keys.addAll(other.keySet());
            keys.forEach(key -> compare(Names.below(path, key.toString()), one.get(key), other.get(key), found));
        } else if (before instanceof Record one
                && after instanceof Record other
                && !ScalarTypes.isScalar(one.getClass())) {
            for (RecordComponent component : one.getClass().getRecordComponents()) {
                String below = Names.below(path, Names.kebab(component.getName()));
                if (!isSections(component.getGenericType())) {
                    compare(below, value(component, one), value(component, other), found);
                }
            }
        } else {
            found.add(new ConfigDiff(path, text(before), text(after)));
        }
    }

    private static boolean isSections(Type type) {
        return type.getTypeName().contains(ConfigSection.class.getName());
    }

    private static @Nullable Object value(RecordComponent component, Record record) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not a settings record: " + record.getClass(), e);
        }
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> NOTHING;
            case Record group when !ScalarTypes.isScalar(group.getClass()) -> "written";
            case Enum<?> constant -> Names.kebab(constant);
            default -> value.toString().replaceAll("^Optional(?:Double|Int|Long)?(?:\\.empty|\\[(.*)])$", "$1");
        };
    }

    @Override
    public String toString() {
        return path + ": " + (before.isEmpty() ? NOTHING : before) + " -> " + (after.isEmpty() ? NOTHING : after);
    }
}
