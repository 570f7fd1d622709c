// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.Domain;

/// Settings of signatures and of the fields that are added to submitted mail.
@Doc("What is added to mail that users submit.")
public record SigningConfig(
        @Doc("Whether Message-ID, Date, From and Sender are added where they are missing. RFC 6409 section 8.")
        @Default("true")
        boolean addFields,

        @Doc("The keys of each domain; every key of a domain signs.") @Default("{}")
        Map<Domain, List<Key>> dkim) {
    public SigningConfig {
        dkim = Map.copyOf(dkim);
        check(dkim);
    }

    static void check(Map<Domain, List<Key>> dkim) {
        for (var each : dkim.entrySet()) {
            Set<String> selectors = new HashSet<>();
            if (each.getValue().isEmpty() || !each.getValue().stream().allMatch(key -> selectors.add(key.selector()))) {
                throw new IllegalArgumentException(
                        "dkim." + each.getKey() + " needs one key or more, each with a selector of its own");
            }
        }
    }

    /// One key.
    public record Key(
            @Doc("The selector: the key is published at selector._domainkey.domain.")
            String selector,

            @Doc("A PEM file with the private key, RSA (2048 bits) or Ed25519, in PKCS #8.")
            Path file) {
        public Key {
            if (!selector.matches("[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")) {
                throw new IllegalArgumentException("a selector has 1 to 63 of a-z, 0-9, ., - and _: " + selector);
            }
        }
    }
}
