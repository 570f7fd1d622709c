// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A real clamav-milter in front of a clamd: what Postfix uses to scan mail inside the SMTP session.
public final class ClamavMilter implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("clamav-milter", "clamav", "clamav-milter", "clamav-milter");

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());

    private ClamavMilter(Options<ClamavMilter> options, InetSocketAddress clamd) {
        Path folder = Folders.create("clamav-milter");
        Path configuration = folder.resolve("clamav-milter.conf");
        Folders.write(
                configuration,
                options.lines(
                        Map.of(
                                "Foreground",
                                "yes",
                                "MilterSocket",
                                "inet:" + address.getPort() + "@127.0.0.1",
                                "ClamdSocket",
                                "tcp:127.0.0.1:" + clamd.getPort(),
                                "OnInfected",
                                "Reject",
                                "OnFail",
                                "Defer",
                                "MaxFileSize",
                                "100M",
                                "TemporaryDirectory",
                                folder.toString()),
                        " "));
        daemon = Daemon.start(
                new DaemonCommand(KIND, folder, List.of("--config-file=" + configuration)), options.way(), this::check);
    }

    /// Settings for one in front of this clamd; lines of `clamav-milter.conf` can be set.
    public static Options<ClamavMilter> options(InetSocketAddress clamd) {
        return new Options<>(options -> new ClamavMilter(options, clamd));
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
        if (!TcpDialogue.listens(address)) {
            throw new IOException("clamav-milter does not listen");
        }
    }
}
