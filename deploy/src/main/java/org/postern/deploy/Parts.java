// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was started, closed in the opposite order: the nested try-with-resources of something that outlives the
/// method that starts it. Used by one thread at a time.
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private record Part(String name, AutoCloseable what) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T add(String name, T what) {
        parts.push(new Part(name, what));
        return what;
    }

    /// Closes everything, whatever fails on the way.
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                LOG.debug("closing {}", part.name());
                part.what().close();
            } catch (Exception e) {
                LOG.error("{} did not close cleanly", part.name(), e);
            }
        }
    }
}
