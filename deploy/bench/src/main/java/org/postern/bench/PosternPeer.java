// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postern.testkit.Ports;

/// `postern all-in-one` of the distribution, on a site that `postern init` wrote: takes mail, keeps it durably and
/// delivers it to a Maildir.
final class PosternPeer implements Peer {
    private final String name;
    private final boolean scanned;
    private final Path site;
    private final Process process;
    private final InetSocketAddress address;

    private PosternPeer(String name, boolean scanned, Path site, Process process, InetSocketAddress address) {
        this.name = name;
        this.scanned = scanned;
        this.site = site;
        this.process = process;
        this.address = address;
    }

    static PosternPeer start(String name, Path postern, Optional<InetSocketAddress> clamd) {
        try {
            Path site = Files.createTempDirectory("postern-bench-");
            List<String> init = new ArrayList<>(List.of(
                    postern.toString(),
                    "init",
                    site.toString(),
                    "--domain",
                    "example.org",
                    "--account",
                    "anna@example.org:secret",
                    "--loopback"));
            clamd.ifPresent(at -> init.addAll(List.of("--clamd", "127.0.0.1:" + at.getPort())));
            finish(new ProcessBuilder(init)
                    .redirectErrorStream(true)
                    .redirectOutput(site.resolve("init.log").toFile())
                    .start());
            PosternSite.leaveClamdOnly(site);
            int port = Ports.free();
            List<String> command = new ArrayList<>(List.of(postern.toString(), "all-in-one"));
            command.addAll(PosternSite.arguments(site, port));
            Process process = new ProcessBuilder(command)
                    .redirectError(site.resolve("stderr.log").toFile())
                    .start();
            awaitReady(process, site);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            return new PosternPeer(name, clamd.isPresent(), site, process, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return (scanned ? "scanned by clamd, no other filters, " : "no filters, ")
                + "file and folder synced in its spool, and delivered to a Maildir at the same time";
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public Optional<Path> busyFolder() {
        return Optional.of(PosternSite.spool(site));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        remove(site);
    }

    private static void finish(Process process) throws IOException {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("postern init failed; see init.log in its folder");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Waits for the line `ready …`, which the command prints when it serves; its end without one is a failure.
    private static void awaitReady(Process process, Path site) throws IOException {
        // Not closed: closing it would end the process at its next line.
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready")) {
                Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
                return;
            }
        }
        throw new IOException("postern did not start: " + Files.readString(site.resolve("stderr.log")));
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bench: could not remove " + folder + ": " + e.getMessage());
        }
    }
}
