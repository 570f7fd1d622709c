// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real HAProxy that balances one TCP port over several backends and says who the client was (PROXY protocol).
public final class Haproxy implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("haproxy", "haproxy", "haproxy", "haproxy");

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final int monitorPort = Ports.free();

    /// How the backends learn the client's address.
    public enum Announcement {
        NONE(""),
        PROXY_V1(" send-proxy"),
        PROXY_V2(" send-proxy-v2"),
        /// With what it knows of TLS, a checksum, and health checks of its own.
        PROXY_V2_TLS(" send-proxy-v2 proxy-v2-options ssl,cert-cn,ssl-cipher,authority,crc32c check inter 200ms");

        private final String option;

        Announcement(String option) {
            this.option = option;
        }
    }

    private Haproxy(
            Optional<Way> way, Announcement announcement, List<InetSocketAddress> backends, Optional<String> pem) {
        Path folder = Folders.create("haproxy");
        String tls = pem.map(text -> " ssl crt " + certificate(folder, text)).orElse("");
        StringBuilder text = new StringBuilder("""
                global
                    maxconn 2000
                defaults
                    timeout connect 5s
                    timeout client 5m
                    timeout server 5m
                frontend monitor
                    mode http
                    bind 127.0.0.1:%d
                    monitor-uri /ready
                listen smtp
                    mode tcp
                    balance roundrobin
                    bind %s%s
                """.formatted(monitorPort, at(address), tls));
        for (int i = 0; i < backends.size(); i++) {
            text.append("    server s").append(i).append(' ').append(at(backends.get(i)));
            text.append(announcement.option).append('\n');
        }
        Path configuration = folder.resolve("haproxy.cfg");
        Folders.write(configuration, text.toString());
        daemon = Daemon.start(
                new DaemonCommand(KIND, folder, List.of("-db", "-f", configuration.toString())), way, this::check);
    }

    public static Haproxy start(Announcement announcement, List<InetSocketAddress> backends) {
        return new Haproxy(Optional.empty(), announcement, backends, Optional.empty());
    }

    /// Ends TLS itself.
    ///
    /// @param pem certificate and key
    public static Haproxy startWithTls(Announcement announcement, List<InetSocketAddress> backends, String pem) {
        return new Haproxy(Optional.empty(), announcement, backends, Optional.of(pem));
    }

    private static Path certificate(Path folder, String pem) {
        Path file = folder.resolve("haproxy.pem");
        Folders.write(file, pem);
        return file;
    }

    static Haproxy start(Way way, Announcement announcement, List<InetSocketAddress> backends) {
        return new Haproxy(Optional.of(way), announcement, backends, Optional.empty());
    }

    /// Where clients connect to.
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

    private static String at(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private void check() throws IOException {
        byte[] request = "GET /ready HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        InetSocketAddress monitor = new InetSocketAddress(address.getAddress(), monitorPort);
        String reply = TcpDialogue.exchange(monitor, request, 12);
        if (!reply.endsWith(" 200")) {
            throw new IOException("HAProxy is not ready: " + reply);
        }
    }
}
