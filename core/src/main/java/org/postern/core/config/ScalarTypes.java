// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.text.PlainText;

/// What one word of text means as a value of a type. Everything wrong is an `IllegalArgumentException` with a sentence
/// for the administrator.
final class ScalarTypes {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");
    private static final Pattern DURATION =
            Pattern.compile("(?:\\d{1,12}\\s*(?:ms|s|m|h|d)\\s*)+", Pattern.CASE_INSENSITIVE);

    private ScalarTypes() {}

    /// Whether values of this type are written as one word.
    static boolean isScalar(Class<?> type) {
        return type == String.class
                || type == int.class
                || type == long.class
                || type == double.class
                || type == Double.class
                || type == boolean.class
                || type == OptionalDouble.class
                || type == OptionalInt.class
                || type == OptionalLong.class
                || type == Duration.class
                || type == Path.class
                || type.isEnum()
                || parseMethod(type).isPresent();
    }

    /// @param folder where relative paths start
    static Object convert(Class<?> type, String text, Path folder) {
        if (type == String.class) {
            return text;
        }
        String word = text.strip();
        if (type == int.class || type == OptionalInt.class) {
            int value = Math.toIntExact(integer(word, Integer.MIN_VALUE, Integer.MAX_VALUE));
            return type == int.class ? (Object) value : OptionalInt.of(value);
        }
        if (type == long.class || type == OptionalLong.class) {
            long value = integer(word, Long.MIN_VALUE, Long.MAX_VALUE);
            return type == long.class ? (Object) value : OptionalLong.of(value);
        }
        if (type == double.class || type == Double.class) {
            return number(word);
        }
        if (type == OptionalDouble.class) {
            return OptionalDouble.of(number(word));
        }
        if (type == boolean.class) {
            return truth(word);
        }
        if (type == Duration.class) {
            return duration(word);
        }
        if (type == Path.class) {
            return path(text, folder);
        }
        if (type.isEnum()) {
            return constant(type, word);
        }
        Method parse =
                parseMethod(type).orElseThrow(() -> new IllegalStateException("not a type of settings: " + type));
        return parsed(parse, text);
    }

    private static long integer(String word, long min, long max) {
        if (!word.matches("[+-]?\\d{1,19}")) {
            throw new IllegalArgumentException(quoted(word) + " is not a whole number");
        }
        try {
            long value = Long.parseLong(word);
            if (value < min || value > max) {
                throw new IllegalArgumentException(word + " is out of range: " + min + " to " + max);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(word + " is out of range: " + min + " to " + max, e);
        }
    }

    private static double number(String word) {
        if (!word.matches("[+-]?(?:\\d{1,20}(?:\\.\\d{0,20})?|\\.\\d{1,20})")) {
            throw new IllegalArgumentException(quoted(word) + " is not a number; write for example 0.5 or 12");
        }
        return new BigDecimal(word).doubleValue();
    }

    private static boolean truth(String word) {
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(quoted(word) + " is neither true nor false");
        };
    }

    static Duration duration(String word) {
        if (!DURATION.matcher(word).matches()) {
            throw new IllegalArgumentException(
                    quoted(word) + " is not a length of time; write number and unit (ms, s, m, h, d), for example "
                            + (word.matches("\\d{1,6}") ? word + "s" : "60s or 5m"));
        }
        Duration sum = Duration.ZERO;
        Matcher part = DURATION_PART.matcher(word);
        while (part.find()) {
            long count = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    });
        }
        if (sum.compareTo(Duration.ofDays(36_500)) > 0) {
            throw new IllegalArgumentException(quoted(word) + " is longer than a hundred years");
        }
        return sum;
    }

    private static Path path(String text, Path folder) {
        try {
            if (text.isBlank()) {
                throw new IllegalArgumentException("a path cannot be empty");
            }
            return folder.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(quoted(text) + " is not a path", e);
        }
    }

    private static Object constant(Class<?> type, String word) {
        List<Enum<?>> constants = Arrays.stream(type.getEnumConstants())
                .<Enum<?>>map(constant -> (Enum<?>) constant)
                .toList();
        return constants.stream()
                .filter(constant -> Names.kebab(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(quoted(word) + " is not possible here"
                        + Suggestion.of(
                                word, constants.stream().map(Names::kebab).toList())));
    }

    /// The public static `parse(String)` by which a type reads its written form.
    private static Optional<Method> parseMethod(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals("parse")
                        && Modifier.isStatic(method.getModifiers())
                        && Modifier.isPublic(method.getModifiers())
                        && type.isAssignableFrom(method.getReturnType())
                        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class}))
                .findFirst();
    }

    private static Object parsed(Method parse, String text) {
        try {
            parse.setAccessible(true);
            return parse.invoke(null, text);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException reason) {
                throw new IllegalArgumentException(reason.getMessage(), e);
            }
            if (e.getCause() instanceof ArithmeticException) {
                throw new IllegalArgumentException(quoted(text) + " is out of range", e);
            }
            throw new IllegalStateException("cannot read a value of " + parse.getDeclaringClass(), e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot read a value of " + parse.getDeclaringClass(), e);
        }
    }

    private static String quoted(String text) {
        return "\"" + PlainText.of(text, 60) + "\"";
    }
}
