// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import org.postern.core.limits.Deadline;

/// One process that scans, such as one clamd.
public interface Backend {
    /// Its address, for logs and meters.
    String name();

    /// Lets it do its work on samples: something bad that it must find and something good that it must let pass. Called
    /// by one thread at a time; never throws because of the backend.
    ///
    /// @param seenUp whether an earlier probe succeeded, which tells reloading from loading
    Probe probe(boolean seenUp, Deadline deadline) throws InterruptedException;

    /// False from the moment on it may have become another than the one that was probed, until the next probe. Never
    /// waits.
    default boolean settled() {
        return true;
    }

    /// What a probe showed.
    ///
    /// @param state `UP` only when the backend did its work
    /// @param detail what was seen, for people
    record Probe(BackendState state, String detail) {}
}
