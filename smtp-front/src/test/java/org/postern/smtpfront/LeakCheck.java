// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/// Fails a test class when a buffer leaked while it ran. Registered for all tests of the module.
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final AppenderBase<ILoggingEvent> WATCHER = watcher();

    private static AppenderBase<ILoggingEvent> watcher() {
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().contains("LEAK")) {
                    LEAKS.add(event.getFormattedMessage());
                }
            }
        };
        appender.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(appender);
        return appender;
    }

    /// What leaked so far, after the garbage collector had a look.
    static Queue<String> leaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // The detector reports when the next buffer is made.
            io.netty.buffer.ByteBufAllocator.DEFAULT.buffer(16).release();
        }
        return LEAKS;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!WATCHER.isStarted() || ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            throw new IllegalStateException("the leak detector is not at paranoid");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!leaks().isEmpty()) {
            throw new AssertionError("buffers leaked: " + LEAKS);
        }
    }
}
