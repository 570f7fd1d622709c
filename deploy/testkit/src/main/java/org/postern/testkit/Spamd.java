// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// SpamAssassin's real spamd with its distributed rules, without Bayes and without the network.
public final class Spamd implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("spamd", "spamd", "spamd", "spamd spamassassin");

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());

    private Spamd(Optional<Way> way, List<String> options) {
        Path folder = Folders.create("spamd");
        List<String> arguments = new ArrayList<>(List.of(
                "--listen=127.0.0.1:" + address.getPort(),
                "--allowed-ips=127.0.0.1",
                "--local",
                "--nouser-config",
                "--syslog=stderr",
                "--pidfile=" + folder.resolve("spamd.pid"),
                "--cf=use_bayes 0",
                "--max-children=2"));
        if (Folders.ownedByRoot(folder)) {
            // spamd gives root away, and needs its home where it then may write.
            Folders.open(Folders.createIn(folder, "home"));
            arguments.addAll(List.of("--username=nobody", "--helper-home-dir=" + folder.resolve("home")));
        }
        arguments.addAll(options);
        daemon = Daemon.start(new DaemonCommand(KIND, folder, arguments), way, this::check);
    }

    /// Starts it with further options of spamd's command line, such as `--max-children=1` or `--cf=…`.
    public static Spamd start(String... options) {
        return new Spamd(Optional.empty(), List.of(options));
    }

    static Spamd start(Way way) {
        return new Spamd(Optional.of(way), List.of());
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
        String message = Gtube.message();
        String request = "CHECK SPAMC/1.5\r\nContent-length: " + message.length() + "\r\n\r\n" + message;
        String reply = TcpDialogue.exchange(address, request.getBytes(StandardCharsets.US_ASCII), 65_536);
        if (!reply.contains("Spam: True")) {
            throw new IOException("spamd did not find the test text: " + reply);
        }
    }
}
