// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Locale;
import org.postern.deploy.config.LoggingConfig;
import org.slf4j.LoggerFactory;

/// Sets how much is written to the log on standard error.
final class Logging {
    private static final String VARIABLE = "POSTERN_LOG_LEVEL";

    private Logging() {}

    /// For commands that answer people: what goes wrong, nothing else.
    static void begin() {
        set(Level.WARN);
    }

    /// For servers.
    static void serve(LoggingConfig config) {
        set(Level.toLevel(config.level().name(), Level.INFO));
    }

    private static void set(Level level) {
        String wanted = System.getenv(VARIABLE);
        Level chosen = wanted == null ? level : Level.toLevel(wanted.toUpperCase(Locale.ROOT), level);
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(chosen);
        }
        // Libraries tell more than an operator wants to read.
        for (String library : new String[] {"io.netty", "org.apache.james", "xyz.capybara", "sun.net", "com.sun"}) {
            if (LoggerFactory.getLogger(library) instanceof Logger logger) {
                logger.setLevel(chosen.isGreaterOrEqual(Level.INFO) ? Level.WARN : chosen);
            }
        }
    }
}
