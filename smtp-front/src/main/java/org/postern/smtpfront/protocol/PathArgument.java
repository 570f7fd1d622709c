// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/// The argument of MAIL or RCPT: a path and parameters. RFC 5321 sections 4.1.1.2, 4.1.1.3 and 4.1.2.
///
/// @param path what stands between the angle brackets, without a source route
/// @param parameters names in upper case, values as sent or empty
record PathArgument(String path, SequencedMap<String, String> parameters) {
    PathArgument {
        parameters = java.util.Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
    }

    /// Reads `FROM:<…> …` or `TO:<…> …`. Throws [IllegalArgumentException] with a reason fit for the client.
    ///
    /// @param keyword `FROM` or `TO`
    static PathArgument parse(String keyword, String argument) {
        int colon = keyword.length();
        if (!argument.regionMatches(true, 0, keyword + ":", 0, colon + 1)) {
            throw new IllegalArgumentException("expected " + keyword + ":<address>");
        }
        // A blank after the colon is against the grammar and yet common.
        String rest = argument.substring(colon + 1).stripLeading();
        if (!rest.startsWith("<")) {
            throw new IllegalArgumentException("the address must stand in angle brackets");
        }
        int end = closingBracket(rest);
        return new PathArgument(withoutRoute(rest.substring(1, end)), parameters(rest.substring(end + 1)));
    }

    /// The bracket that ends the path; one in a quoted local part does not.
    private static int closingBracket(String text) {
        boolean quoted = false;
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '>' && !quoted) {
                return i;
            }
        }
        throw new IllegalArgumentException("the address must stand in angle brackets");
    }

    /// Source routes are accepted and ignored. RFC 5321 appendix C, section 4.1.1.3
    private static String withoutRoute(String path) {
        if (!path.startsWith("@")) {
            return path;
        }
        int colon = path.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a source route ends in a colon");
        }
        return path.substring(colon + 1);
    }

    private static SequencedMap<String, String> parameters(String text) {
        if (text.isEmpty()) {
            return new LinkedHashMap<>(Map.of());
        }
        if (!text.startsWith(" ")) {
            throw new IllegalArgumentException("a blank must divide address and parameters");
        }
        SequencedMap<String, String> parameters = new LinkedHashMap<>();
        for (String word : text.strip().split(" +")) {
            if (word.isEmpty()) {
                continue;
            }
            int equals = word.indexOf('=');
            String name = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
            if (!name.matches("[A-Z0-9][A-Z0-9-]{0,63}")) {
                throw new IllegalArgumentException("not a parameter");
            }
            if (parameters.putIfAbsent(name, equals < 0 ? "" : word.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("a parameter stands twice");
            }
        }
        return parameters;
    }
}
