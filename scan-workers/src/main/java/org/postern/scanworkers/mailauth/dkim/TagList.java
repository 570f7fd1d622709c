// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A list of `tag=value` pairs. RFC 6376 section 3.2.
///
/// @param tags by name, which is case-sensitive; values stripped, folding inside them undone
public record TagList(Map<String, String> tags) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,12}");
    private static final Pattern BLANKS = Pattern.compile("[ \\t\\r\\n]+");

    public TagList {
        tags = Map.copyOf(tags);
    }

    /// Reads a list; empty where it is none, or names a tag twice.
    public static Optional<TagList> parse(String text) {
        Map<String, String> tags = new LinkedHashMap<>();
        String[] parts = text.split(";", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = strip(parts[i]);
            if (part.isEmpty() && i == parts.length - 1 && i > 0) {
                break; // the list may end in a semicolon
            }
            int equals = part.indexOf('=');
            if (equals < 0) {
                return Optional.empty();
            }
            String name = strip(part.substring(0, equals));
            String value = strip(part.substring(equals + 1)).replace("\r\n", "");
            if (!NAME.matcher(name).matches() || !isValue(value) || tags.put(name, value) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new TagList(tags));
    }

    private static boolean isValue(String value) {
        return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f) || c > 0x9f);
    }

    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && " \t\r\n".indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        while (end > start && " \t\r\n".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(start, end);
    }

    public Optional<String> get(String name) {
        return Optional.ofNullable(tags.get(name));
    }

    public String getOr(String name, String otherwise) {
        return get(name).orElse(otherwise);
    }

    /// A value whose items are divided by colons; no items where the tag is missing.
    public List<String> items(String name) {
        return get(name).stream()
                .flatMap(value -> Stream.of(value.split(":", -1)))
                .map(TagList::strip)
                .toList();
    }

    /// A number; empty where the tag is missing or is none. See [#malformedNumber].
    public OptionalLong number(String name) {
        return get(name).filter(value -> DIGITS.matcher(value).matches()).stream()
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    /// Whether the tag is there but is no number.
    public boolean malformedNumber(String name) {
        return get(name).isPresent() && number(name).isEmpty();
    }

    /// Base64 with blanks between its characters; empty where the tag is missing or is none.
    public Optional<byte[]> base64(String name) {
        try {
            return get(name)
                    .map(value ->
                            Base64.getDecoder().decode(BLANKS.matcher(value).replaceAll("")));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
