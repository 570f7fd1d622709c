// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
        public String warning() {
            try {
                return warning(address.host(), InetAddress.getAllByName(address.host()));
            } catch (UnknownHostException _) {
                return ""; // whoever connects says so
            }
        }

        /// One address of each family is one machine.
        static String warning(String name, InetAddress... addresses) {
            long four =
                    Stream.of(addresses).filter(Inet4Address.class::isInstance).count();
            long machines = Math.max(four, addresses.length - four);
            return machines < 2
                    ? ""
                    : "; " + name + " has " + machines + " addresses and a probe reaches one of them: name each of them"
                            + " as a backend of its own";
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
        public String warning() {
            return "";
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

    /// What an administrator has to know of it, to be put behind what else is said; mostly empty. Where a name has
    /// several addresses, each connection may lead to another backend, and all are believed to be like one.
    String warning();

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
