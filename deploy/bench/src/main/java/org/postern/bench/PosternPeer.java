// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// `postern all-in-one` of the distribution, on a site that `postern init` wrote: takes mail, keeps it durably and
/// delivers it to a Maildir, or keeps it as Postfix does with HOLD.
///
/// @param name its name in the tables
/// @param scanned whether clamd scans
/// @param delivers whether deliveries run at the same time
/// @param site its folder
/// @param process it
/// @param address where it is measured
record PosternPeer(
        String name, boolean scanned, boolean delivers, PosternSite site, Process process, InetSocketAddress address)
        implements Peer {
    private static final List<String> PAUSED = List.of("store.delivery.start-paused=true");

    /// Takes mail by SMTP and keeps it: intake alone.
    static PosternPeer keeping(String name, Path postern, Optional<Path> clamd) {
        PosternSite site = PosternSite.init(postern, clamd);
        return new PosternPeer(name, clamd.isPresent(), false, site, start(site, PAUSED), local(site.smtpPort()));
    }

    /// Takes mail by SMTP and delivers it at the same time.
    static PosternPeer delivering(String name, Path postern) {
        PosternSite site = PosternSite.init(postern, Optional.empty());
        return new PosternPeer(name, false, true, site, start(site, List.of()), local(site.smtpPort()));
    }

    /// Takes mail by QMQP and keeps it.
    static PosternPeer qmqp(String name, Path postern) {
        PosternSite site = PosternSite.init(postern, Optional.empty());
        return new PosternPeer(name, false, false, site, start(site, PAUSED), local(site.qmqpPort()));
    }

    /// @param settings further ones, such as `farms.mx.limits.connections=20000`
    static Process start(PosternSite site, List<String> settings) {
        try {
            List<String> command = new ArrayList<>(site.command());
            settings.forEach(setting -> command.addAll(List.of("--set", setting)));
            Process process = new ProcessBuilder(command)
                    .redirectError(site.folder().resolve("stderr.log").toFile())
                    .start();
            Processes.awaitReady(process, site.folder());
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public String description() {
        return (scanned ? "scanned by clamd, no other filters, " : "no filters, ")
                + "file and folder synced in its spool, "
                + (delivers ? "and delivered to a Maildir at the same time" : "and kept there, no delivery");
    }

    @Override
    public Optional<Path> busyFolder() {
        return delivers ? Optional.of(site.spool()) : Optional.empty();
    }

    @Override
    public OptionalLong resident() {
        return Processes.resident(process);
    }

    @Override
    public void close() {
        Processes.stop(process);
        Processes.remove(site.folder());
    }
}
