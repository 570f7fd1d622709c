// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The SASL mechanisms a front offers, all of them only under TLS.
public final class Mechanisms {
    private Mechanisms() {}

    /// Their names as EHLO lists them: what the directory, the token verifier and the connection allow.
    public static List<String> names(SaslBackend backend) {
        List<String> names = new ArrayList<>(List.of("PLAIN", "LOGIN"));
        if (backend.directory().offersScram()) {
            names.add("SCRAM-SHA-256");
            if (!backend.bindings().isEmpty()) {
                names.add("SCRAM-SHA-256-PLUS");
            }
        }
        if (backend.tokens().isPresent()) {
            names.addAll(List.of("OAUTHBEARER", "XOAUTH2"));
        }
        return names;
    }

    /// A new exchange; empty where the mechanism is not offered. Case does not matter.
    public static Optional<SaslExchange> start(String name, SaslBackend backend) {
        String asked = name.toUpperCase(Locale.ROOT);
        if (!names(backend).contains(asked)) {
            return Optional.empty();
        }
        return switch (asked) {
            case "PLAIN" -> Optional.of(new Plain());
            case "LOGIN" -> Optional.of(new Login());
            case "SCRAM-SHA-256" -> Optional.of(new Scram(backend, false));
            case "SCRAM-SHA-256-PLUS" -> Optional.of(new Scram(backend, true));
            case "OAUTHBEARER" -> backend.tokens().map(tokens -> Bearer.oauthbearer(backend, tokens));
            case "XOAUTH2" -> backend.tokens().map(tokens -> Bearer.xoauth2(backend, tokens));
            default -> Optional.empty();
        };
    }
}
