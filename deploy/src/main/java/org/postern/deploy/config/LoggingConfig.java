// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// The log on standard error.
@Doc("The log on standard error.")
public record LoggingConfig(
        @Doc("error, warn, info, debug or trace. The environment variable POSTERN_LOG_LEVEL wins.") @Default("info")
        Level level,

        @Doc("Whether the decision on each mail is written to the log, as one line of JSON.") @Default("true")
        boolean decisions) {
    /// How much is written.
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /// All defaults.
    public static LoggingConfig defaults() {
        return new LoggingConfig(Level.INFO, true);
    }
}
