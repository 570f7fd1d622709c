// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.util.Locale;
import java.util.Optional;

/// How a daemon is started: from a container image, or from the binary on the PATH.
public enum Way {
    CONTAINER,
    PATH;

    /// The way forced by the system property `postern.testkit` or the environment variable `POSTERN_TESTKIT`
    /// (`containers`, `path`, or `auto`, which forces nothing).
    static Optional<Way> forced() {
        String environment = System.getenv().getOrDefault("POSTERN_TESTKIT", "auto");
        String written = System.getProperty("postern.testkit", environment);
        return switch (written.toLowerCase(Locale.ROOT)) {
            case "auto", "" -> Optional.empty();
            case "containers", "container" -> Optional.of(CONTAINER);
            case "path" -> Optional.of(PATH);
            default ->
                throw new IllegalArgumentException(
                        "postern.testkit is \"" + written + "\"; write containers, path or auto");
        };
    }
}
