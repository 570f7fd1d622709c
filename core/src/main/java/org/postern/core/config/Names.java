// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.Locale;

/// How names in Java are written in the configuration.
final class Names {
    private Names() {}

    /// `proxyProtocolFrom` becomes `proxy-protocol-from`.
    static String kebab(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /// `STARTTLS_REQUIRED` becomes `starttls-required`.
    static String kebab(Enum<?> constant) {
        return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }

    static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
