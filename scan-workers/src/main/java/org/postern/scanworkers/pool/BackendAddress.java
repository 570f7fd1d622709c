// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.postern.core.config.HostAndPort;

/// Where a backend listens: over the network, or on the same machine.
public sealed interface BackendAddress {
    /// Over the network.
    record Tcp(HostAndPort address) implements BackendAddress {
        @Override
        public SocketAddress resolve() throws IOException {
            return address.resolve();
        }

        @Override
        public SocketChannel open() throws IOException {
            return SocketChannel.open();
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }

    /// On the same machine.
    record Unix(Path path) implements BackendAddress {
        @Override
        public SocketAddress resolve() {
            return UnixDomainSocketAddress.of(path);
        }

        @Override
        public SocketChannel open() throws IOException {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /// Refuses a list that names none, one twice, or one that is no address.
    static void check(List<String> backends, String program) {
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("backends: name at least one " + program);
        }
        backends.forEach(BackendAddress::parse);
        if (backends.size() != backends.stream().distinct().count()) {
            throw new IllegalArgumentException("backends: each " + program + " may be named once only");
        }
    }

    /// Looks a host name up anew each time, so that a moved backend is found.
    SocketAddress resolve() throws IOException;

    /// A channel of the right kind, not connected.
    SocketChannel open() throws IOException;

    /// Reads `host:port` or `unix:/path`. Throws `IllegalArgumentException` with a sentence fit for an administrator.
    static BackendAddress parse(String text) {
        if (text.startsWith("unix:")) {
            Path path = Path.of(text.substring(5));
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("\"" + text
                        + "\": write the path of the socket from the root, such as" + " unix:/run/clamav/clamd.ctl");
            }
            return new Unix(path);
        }
        return new Tcp(HostAndPort.parse(text));
    }
}
