// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Postfix' test servers: `smtp-sink` and `qmqp-sink`, which take every mail and keep it only when asked to.
public final class Sink implements AutoCloseable {
    private static final DaemonKind SMTP_SINK = new DaemonKind("smtp-sink", "postfix", "smtp-sink", "postfix");
    private static final DaemonKind QMQP_SINK = new DaemonKind("qmqp-sink", "postfix", "qmqp-sink", "postfix");
    private static final String BACKLOG = "128";

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final Path dump;

    private Sink(DaemonKind kind, List<String> arguments, Optional<Way> way, Path folder, Path dump) {
        this.dump = dump;
        List<String> all = new ArrayList<>(arguments);
        all.add("inet:" + address.getAddress().getHostAddress() + ":" + address.getPort());
        all.add(BACKLOG);
        daemon = Daemon.start(new DaemonCommand(kind, folder, all), way, () -> TcpDialogue.listens(address));
    }

    /// Starts `smtp-sink` with options such as `-L` (LMTP), `-q DATA` (hang up after a command) or `-f RCPT`
    /// (refuse it).
    public static Sink smtp(String... options) {
        return smtp(Optional.empty(), List.of(options));
    }

    /// Starts an `smtp-sink` that keeps nothing: for measurements.
    public static Sink smtpDiscarding() {
        Path folder = Folders.create("smtp-sink");
        return smtp(Optional.empty(), folder, new ArrayList<>(), List.of());
    }

    static Sink smtp(Optional<Way> way, List<String> options) {
        Path folder = Folders.create("smtp-sink");
        Path dump = Folders.createIn(folder, "mails");
        Folders.open(dump);
        return smtp(way, folder, new ArrayList<>(List.of("-d", dump + "/%H%M%S.")), options);
    }

    private static Sink smtp(Optional<Way> way, Path folder, List<String> arguments, List<String> options) {
        if (Folders.ownedByRoot(folder)) {
            // smtp-sink refuses to serve as root.
            arguments.addAll(List.of("-u", "nobody"));
        }
        arguments.addAll(options);
        return new Sink(SMTP_SINK, arguments, way, folder, folder.resolve("mails"));
    }

    /// Starts `qmqp-sink`, which answers K to everything and keeps nothing.
    public static Sink qmqp() {
        return qmqp(Optional.empty());
    }

    static Sink qmqp(Optional<Way> way) {
        Path folder = Folders.create("qmqp-sink");
        return new Sink(QMQP_SINK, List.of(), way, folder, folder.resolve("mails"));
    }

    public InetSocketAddress address() {
        return address;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    /// The mails an `smtp-sink` took, one file each, headed by `X-…` lines about envelope and client; none of
    /// `qmqp-sink`.
    public List<Path> messages() {
        return Folders.list(dump);
    }

    @Override
    public void close() {
        // It has nothing to end in good order, and as the first process of a container it would not hear SIGTERM.
        daemon.kill();
        daemon.close();
    }
}
