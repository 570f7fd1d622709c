// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A real rspamd with its distributed rules and private local settings; without Redis, so without history and limits,
/// and with a short list of top-level domains, so that it starts in a second.
public final class Rspamd implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("rspamd", "rspamd", "rspamd", "rspamd");

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final Path socketPath;

    private Rspamd(Optional<Way> way, Map<String, String> localFiles) {
        Path folder = Folders.create("rspamd");
        Folders.open(folder);
        socketPath = folder.resolve("rspamd.sock");
        Path local = Folders.createIn(folder, "local.d");
        Path topLevelDomains = folder.resolve("tld.dat");
        Folders.write(topLevelDomains, "com\nnet\norg\nexample\nde\nfr\nuk\nco.uk\n");
        settings(topLevelDomains).forEach((name, text) -> Folders.write(local.resolve(name), text));
        Folders.createIn(folder, "override.d");
        localFiles.forEach((name, text) -> Folders.write(folder.resolve(name), text));
        List<String> arguments = List.of(
                "--no-fork",
                "--insecure",
                "--config=/etc/rspamd/rspamd.conf",
                "--var=LOCAL_CONFDIR=" + folder,
                "--var=DBDIR=" + folder,
                "--var=RUNDIR=" + folder);
        daemon = Daemon.start(new DaemonCommand(KIND, folder, arguments), way, this::check);
    }

    /// Starts it with further files in its configuration folder, such as `override.d/worker-normal.inc` and
    /// `rspamd.local.lua`.
    public static Rspamd start(Map<String, String> localFiles) {
        return new Rspamd(Optional.empty(), localFiles);
    }

    public static Rspamd start() {
        return start(Map.of());
    }

    static Rspamd start(Way way) {
        return new Rspamd(Optional.of(way), Map.of());
    }

    /// Where the normal worker takes `POST /checkv2`.
    public InetSocketAddress address() {
        return address;
    }

    /// The same worker's UNIX socket.
    public Path socketPath() {
        return socketPath;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    @Override
    public void close() {
        daemon.close();
    }

    private Map<String, String> settings(Path topLevelDomains) {
        return Map.of(
                "logging.inc", "type = \"console\";\nlevel = \"notice\";\n",
                "worker-normal.inc",
                        "bind_socket = [\"127.0.0.1:" + address.getPort() + "\", \"" + socketPath + " mode=0666\"];\n"
                                + "count = 1;\n",
                "worker-controller.inc", "enabled = false;\n",
                "worker-proxy.inc", "enabled = false;\n",
                "worker-fuzzy.inc", "enabled = false;\n",
                // Nothing leaves the machine, and no check waits for a name server that is not there. The full list of
                // top-level domains and compiled expressions would cost ten seconds at every start.
                "options.inc",
                        "dns { nameserver = [\"127.0.0.1:9\"]; timeout = 0.1s; retransmits = 1; }\n"
                                + "disable_hyperscan = true;\nurl_tld = \"" + topLevelDomains + "\";\n",
                "fuzzy_check.conf", "enabled = false;\n",
                "rbl.conf", "enabled = false;\n",
                "surbl.conf", "enabled = false;\n");
    }

    private void check() throws IOException {
        String message = Gtube.message();
        String request = "POST /checkv2 HTTP/1.0\r\nFlags: no_log,no_stat\r\nContent-Length: " + message.length()
                + "\r\n\r\n" + message;
        String reply = TcpDialogue.exchange(address, request.getBytes(StandardCharsets.US_ASCII), 65_536);
        if (!reply.contains("\"reject\"")) {
            throw new IOException("rspamd did not reject the test text: " + reply);
        }
    }
}
