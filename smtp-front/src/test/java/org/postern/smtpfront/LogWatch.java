// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/// Keeps what Postern logs for an operator to read: INFO and above.
final class LogWatch implements AutoCloseable {
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("org.postern");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                lines.add(event.getFormattedMessage());
            }
        }
    };

    LogWatch() {
        appender.start();
        OURS.addAppender(appender);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        OURS.detachAppender(appender);
    }
}
