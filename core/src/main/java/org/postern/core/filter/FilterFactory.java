// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Set;
import org.postern.core.dns.DnsResolver;

/// Makes a filter from its section in the configuration. Implementations are stateless.
///
/// @param <C> the settings record, read as [org.postern.core.config] describes
public interface FilterFactory<C extends Record> {
    /// The key of the section under `engines`, and the name of the filter.
    String name();

    /// The record its section is read into.
    Class<C> settings();

    /// Makes the filter. Does not fail because a backend is down: such a filter says `NoVerdict`.
    ///
    /// @throws org.postern.core.config.ConfigException where a setting cannot be used, such as a rule file that
    /// cannot be read
    Filter create(C settings, Surroundings surroundings);

    /// What the filter takes at most beside the mails it looks at, for the sum of bounds at start.
    default Bounds bounds(C settings) {
        return Bounds.NONE;
    }

    /// What a filter takes at most.
    ///
    /// @param reason the settings it follows from, for people; empty where it takes nothing
    /// @param heap octets
    /// @param descriptors open files and sockets
    /// @param children octets that its child processes take, which are no heap of this process
    /// @param shared what it takes together with other filters, to be counted once
    record Bounds(String reason, long heap, long descriptors, long children, Set<Bounds> shared) {
        public Bounds {
            shared = Set.copyOf(shared);
        }

        /// Without child processes, and nothing shared.
        public Bounds(String reason, long heap, long descriptors) {
            this(reason, heap, descriptors, 0, Set.of());
        }

        /// Nothing worth counting.
        public static final Bounds NONE = new Bounds("", 0, 0);

        private static final long CONNECTION_HEAP = 128 * 1024;

        /// A pool of connections, and one more to each backend for probes.
        public static Bounds ofPool(int backends, int maxConnections) {
            long connections = (long) backends * maxConnections + backends;
            return new Bounds(
                    "max-connections " + maxConnections + " to each of " + backends + " backends",
                    connections * CONNECTION_HEAP,
                    connections);
        }
    }

    /// What a filter may use of the process it runs in.
    ///
    /// @param configFolder relative paths in settings start here
    /// @param tempFolder the only folder it may write to
    /// @param meters where its meters go
    /// @param dns the one resolver of the process
    record Surroundings(Path configFolder, Path tempFolder, MeterRegistry meters, DnsResolver dns) {
        /// For filters that ask nothing of DNS, and for tests: every question fails.
        public Surroundings(Path configFolder, Path tempFolder, MeterRegistry meters) {
            this(configFolder, tempFolder, meters, DnsResolver.unavailable());
        }
    }
}
