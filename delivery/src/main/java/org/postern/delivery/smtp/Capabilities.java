// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// What a server said it can do, in its answer to EHLO or LHLO. RFC 5321 section 4.1.1.1.
///
/// @param keywords in upper case, with what follows each
public record Capabilities(Map<String, String> keywords) {
    /// What a server can do that knows no EHLO.
    public static final Capabilities NONE = new Capabilities(Map.of());

    public Capabilities {
        keywords = Map.copyOf(keywords);
    }

    static Capabilities of(SmtpReply reply) {
        Map<String, String> found = new HashMap<>();
        for (String line : reply.lines().subList(1, reply.lines().size())) {
            // Old servers write AUTH=.
            String[] words = line.strip().split("[ =]", 2);
            found.merge(
                    words[0].toUpperCase(Locale.ROOT), words.length > 1 ? words[1].strip() : "", (a, b) -> a + " " + b);
        }
        return new Capabilities(found);
    }

    public boolean has(String keyword) {
        return keywords.containsKey(keyword);
    }

    /// The largest message it takes; empty where it does not say. RFC 1870 section 4.
    OptionalLong sizeMax() {
        String size = keywords.getOrDefault("SIZE", "");
        return size.matches("\\d{1,18}") && Long.parseLong(size) > 0
                ? OptionalLong.of(Long.parseLong(size))
                : OptionalLong.empty();
    }

    /// The mechanisms of AUTH.
    List<String> mechanisms() {
        return List.of(
                keywords.getOrDefault("AUTH", "").toUpperCase(Locale.ROOT).split("\\s+"));
    }
}
