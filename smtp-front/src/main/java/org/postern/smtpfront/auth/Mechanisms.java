// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The SASL mechanisms a front offers, all of them only under TLS.
public final class Mechanisms {
    private Mechanisms() {}

    /// Their names as EHLO lists them.
    public static List<String> names() {
        return List.of("PLAIN", "LOGIN");
    }

    /// A new exchange; empty where the mechanism is not offered. Case does not matter.
    public static Optional<SaslExchange> start(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "PLAIN" -> Optional.of(new Plain());
            case "LOGIN" -> Optional.of(new Login());
            default -> Optional.empty();
        };
    }
}
