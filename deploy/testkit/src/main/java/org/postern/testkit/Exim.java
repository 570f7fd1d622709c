// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A real Exim that takes mail for anybody and sends all of it to one next host, by TLS and CHUNKING where that host
/// offers them.
///
/// Starts as root only (it may read a configuration of ours for nobody else); in a container it always can. Its package
/// cannot stand beside Postfix: without a container it comes from a folder that the package was unpacked into.
public final class Exim implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("exim", "exim", "exim4", "exim4-daemon-light", true);

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final Path log;

    private Exim(Optional<Way> way, InetSocketAddress next) {
        Path folder = Folders.create("exim");
        Path logs = Folders.createIn(folder, "log");
        Folders.open(logs);
        Folders.open(Folders.createIn(folder, "spool"));
        log = logs.resolve("mainlog");
        Folders.write(folder.resolve("exim.conf"), """
                primary_hostname = exim.example.org
                exim_path = %s/exim4
                deliver_drop_privilege = true
                exim_user = nobody
                exim_group = nogroup
                spool_directory = %s/spool
                log_file_path = %s/log/%%slog
                local_interfaces = 127.0.0.1
                daemon_smtp_ports = %d
                tls_advertise_hosts =
                host_lookup =
                acl_smtp_rcpt = anybody
                acl_smtp_data = anybody
                keep_environment =
                log_selector = +tls_cipher
                begin acl
                anybody:
                  accept
                begin routers
                onward:
                  driver = manualroute
                  route_list = * %s
                  self = send
                  transport = onward
                begin transports
                onward:
                  driver = smtp
                  port = %d
                  hosts_try_chunking = *
                  hosts_try_prdr = *
                  hosts_try_dane =
                begin retry
                * * F,5m,1s
                """.formatted(
                folder, folder, folder, address.getPort(), next.getAddress().getHostAddress(), next.getPort()));
        daemon = Daemon.start(
                // It runs itself anew for each delivery, as a user who may not look into everybody's folders.
                DaemonCommand.script(
                        KIND,
                        folder,
                        "cp \"$(command -v exim4)\" exim4 && chmod 755 exim4"
                                + " && exec ./exim4 -C \"$PWD/exim.conf\" -bdf -q1s"),
                way,
                this::check);
    }

    /// @param next where all mail goes
    public static Exim relayingTo(InetSocketAddress next) {
        return new Exim(Optional.empty(), next);
    }

    static Exim relayingTo(Way way, InetSocketAddress next) {
        return new Exim(Optional.of(way), next);
    }

    /// Where it takes mail.
    public InetSocketAddress address() {
        return address;
    }

    /// To freeze, kill and restart it.
    public Daemon daemon() {
        return daemon;
    }

    /// What it did with the mails.
    public String mainLog() throws IOException {
        return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    }

    @Override
    public void close() {
        daemon.close();
    }

    private void check() throws IOException {
        TcpDialogue.expect(address, "220 ");
    }
}
