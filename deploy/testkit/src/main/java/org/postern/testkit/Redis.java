// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real redis-server that keeps everything in memory, and forgets it when it is restarted.
public final class Redis implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("redis", "redis", "redis-server", "redis-server");

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());

    private Redis(Optional<Way> way) {
        Path folder = Folders.create("redis");
        daemon = Daemon.start(
                new DaemonCommand(
                        KIND,
                        folder,
                        List.of(
                                "--bind",
                                "127.0.0.1",
                                "--port",
                                Integer.toString(address.getPort()),
                                "--dir",
                                folder.toString(),
                                "--save",
                                "",
                                "--appendonly",
                                "no")),
                way,
                this::check);
    }

    public static Redis start() {
        return new Redis(Optional.empty());
    }

    static Redis start(Way way) {
        return new Redis(Optional.of(way));
    }

    public InetSocketAddress address() {
        return address;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    @Override
    public void close() {
        daemon.close();
    }

    private void check() throws IOException {
        String reply = TcpDialogue.exchange(address, "PING\r\n".getBytes(StandardCharsets.US_ASCII), 7);
        if (!reply.equals("+PONG\r\n")) {
            throw new IOException("redis-server is not ready: " + reply);
        }
    }
}
