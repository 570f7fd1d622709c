// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.core.mail.MailParameters.BodyType;

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

    /// Why this mail cannot be sent to this server, whatever it would say; empty where it can.
    public Optional<Obstacle> obstacle(MailRequest request) {
        if (sizeMax().isPresent() && request.size() > sizeMax().getAsLong()) {
            return Optional.of(new Obstacle(
                    "5.3.4",
                    "takes no mail of " + request.size() + " octets, but of "
                            + sizeMax().getAsLong()));
        }
        if (request.international() && !has("SMTPUTF8")) {
            return Optional.of(new Obstacle("5.6.7", "takes no addresses or headers in UTF-8"));
        }
        if (request.parameters().body() == BodyType.BINARY_MIME && !(has("BINARYMIME") && has("CHUNKING"))) {
            return Optional.of(new Obstacle("5.6.3", "takes no binary messages"));
        }
        if (request.parameters().requireTls() && !has("REQUIRETLS")) {
            // RFC 8689 section 4.2.1.
            return Optional.of(new Obstacle(Obstacle.REQUIRETLS, "does not support REQUIRETLS"));
        }
        return Optional.empty();
    }

    /// The mechanisms of AUTH.
    List<String> mechanisms() {
        return List.of(
                keywords.getOrDefault("AUTH", "").toUpperCase(Locale.ROOT).split("\\s+"));
    }
}
