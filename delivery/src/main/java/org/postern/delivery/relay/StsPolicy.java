// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postern.core.dns.DnsName;

/// What a domain says of its hosts. RFC 8461 section 3.2.
///
/// @param mode what is to happen with a host that does not keep to it
/// @param exchangers names, and `*.` with names for one label more, in lower case
/// @param maxAge how long it holds; at most a year
record StsPolicy(Mode mode, List<String> exchangers, Duration maxAge) {
    private static final long MAX_AGE_MAX = 31_557_600;

    /// RFC 8461 section 5.
    enum Mode {
        ENFORCE,
        TESTING,
        NONE
    }

    StsPolicy {
        exchangers = List.copyOf(exchangers);
    }

    /// Reads the file; empty where it is no policy.
    static Optional<StsPolicy> parse(String text) {
        String version = "";
        Optional<Mode> mode = Optional.empty();
        Optional<Duration> maxAge = Optional.empty();
        List<String> exchangers = new ArrayList<>();
        for (String line : text.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                continue;
            }
            String key = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            switch (key) {
                case "version" -> version = value;
                case "mode" -> mode = mode(value);
                case "mx" -> exchangers.add(value.toLowerCase(Locale.ROOT));
                case "max_age" ->
                    maxAge = value.matches("\\d{1,10}")
                            ? Optional.of(Duration.ofSeconds(Math.min(MAX_AGE_MAX, Long.parseLong(value))))
                            : Optional.empty();
                default -> {} // RFC 8461 section 3.2: unknown fields are ignored
            }
        }
        if (!version.equals("STSv1") || mode.isEmpty() || maxAge.isEmpty()) {
            return Optional.empty();
        }
        return exchangers.isEmpty() && mode.get() != Mode.NONE
                ? Optional.empty()
                : Optional.of(new StsPolicy(mode.get(), exchangers, maxAge.get()));
    }

    private static Optional<Mode> mode(String value) {
        return switch (value) {
            case "enforce" -> Optional.of(Mode.ENFORCE);
            case "testing" -> Optional.of(Mode.TESTING);
            case "none" -> Optional.of(Mode.NONE);
            default -> Optional.empty();
        };
    }

    /// Whether the host is one of the domain's. RFC 8461 section 4.1.
    boolean allows(DnsName host) {
        return exchangers.stream().anyMatch(pattern -> {
            if (!pattern.startsWith("*.")) {
                return pattern.equals(host.text());
            }
            int dot = host.text().indexOf('.');
            return dot > 0 && host.text().substring(dot + 1).equals(pattern.substring(2));
        });
    }
}
