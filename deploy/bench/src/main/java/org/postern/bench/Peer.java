// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

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

    @Override
    void close();
}
