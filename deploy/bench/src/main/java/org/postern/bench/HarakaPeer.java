// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.postern.testkit.Ports;

/// Haraka as a filtering proxy: clamd through its own plugin, then the mail goes on to a Postfix that keeps it.
///
/// Measured where `haraka` (with `haraka-plugin-clamd`) is on the PATH; its absence is said, not hidden.
///
/// @param name its name in the tables
/// @param process the parent of its workers, one for each processor
/// @param folder its configuration
/// @param address where it is measured
/// @param behind where it forwards to
record HarakaPeer(String name, Process process, Path folder, InetSocketAddress address, PostfixPeer behind)
        implements Peer {
    private static final Duration START_MAX = Duration.ofSeconds(20);

    /// The program, where it is installed.
    static Optional<Path> program() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "haraka"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static HarakaPeer start(String name, Path program, Path clamd) {
        PostfixPeer behind = PostfixPeer.holding("behind " + name, Optional.empty());
        try {
            Path folder = Files.createTempDirectory("haraka-bench-");
            Process install = new ProcessBuilder(program.toString(), "-i", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("install.log").toFile())
                    .start();
            Processes.finish(install, "haraka -i");
            InetSocketAddress address = PosternPeer.local(Ports.free());
            configure(folder.resolve("config"), address, clamd, behind.address());
            Process process = new ProcessBuilder(program.toString(), "-c", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("haraka.log").toFile())
                    .start();
            awaitGreeting(process, folder, address);
            return new HarakaPeer(name, process, folder, address, behind);
        } catch (IOException e) {
            behind.close();
            throw new UncheckedIOException(e);
        }
    }

    private static void configure(Path config, InetSocketAddress address, Path clamd, InetSocketAddress behind)
            throws IOException {
        Files.writeString(config.resolve("plugins"), "rcpt_to.in_host_list\nclamd\nqueue/smtp_forward\n");
        Files.writeString(config.resolve("host_list"), "example.org\n");
        Files.writeString(config.resolve("smtp.ini"), "listen=127.0.0.1:" + address.getPort() + "\nnodes=cpus\n");
        Files.writeString(config.resolve("log.ini"), "[main]\nlevel=error\n");
        Files.writeString(config.resolve("clamd.ini"), "clamd_socket=" + clamd + "\n");
        Files.writeString(config.resolve("smtp_forward.ini"), "host=127.0.0.1\nport=" + behind.getPort() + "\n");
    }

    private static void awaitGreeting(Process process, Path folder, InetSocketAddress address) throws IOException {
        long end = System.nanoTime() + START_MAX.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 500);
                socket.setSoTimeout(1000);
                if (socket.getInputStream().read() == '2') {
                    return;
                }
            } catch (IOException notYet) {
                pause();
            }
        }
        process.destroyForcibly();
        throw new IOException("haraka did not start: " + Files.readString(folder.resolve("haraka.log")));
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String description() {
        return "Haraka, scanned by its clamd plugin, then forwarded to a Postfix, into whose queue it goes and is kept"
                + " there (HOLD)";
    }

    @Override
    public Optional<Path> busyFolder() {
        return behind.busyFolder();
    }

    @Override
    public void close() {
        Processes.stop(process);
        behind.close();
        Processes.remove(folder);
    }
}
