// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// A running mail server that is measured.
interface Peer extends AutoCloseable {
    /// Its name in the tables.
    String name();

    /// What it does between DATA and 250, and after: for the reader of the tables.
    String description();

    InetSocketAddress address();

    /// The folder in which its work after the 250 can be seen (files come and go); empty where there is none to wait
    /// for.
    Optional<Path> busyFolder();

    /// What of it is in the machine's memory now, in bytes; empty where it is many processes, or not asked.
    default OptionalLong resident() {
        return OptionalLong.empty();
    }

    @Override
    void close();
}
