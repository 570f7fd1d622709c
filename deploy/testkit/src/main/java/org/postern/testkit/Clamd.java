// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A real clamd with a private folder and database, on a loopback port and a UNIX socket.
///
/// It starts in about a second, as its database holds a few signatures only: the EICAR test virus, and the
/// signatures of the shared test suites where that folder exists.
public final class Clamd implements AutoCloseable {
    static final DaemonKind KIND = new DaemonKind("clamd", "clamav", "clamd", "clamav-daemon");
    private static final Duration RELOAD_LIMIT = Duration.ofMinutes(2);
    private static final String RELOADED = "Database correctly reloaded";

    private final Daemon daemon;
    private final ClamdOptions options;
    private final Path folder;
    private final ClamdDatabase database;
    private final InetSocketAddress address;
    private final Path socketPath;

    Clamd(ClamdOptions options) {
        this.options = options;
        folder = Folders.create("clamd");
        database = new ClamdDatabase(folder);
        database.prepare(options);
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
        socketPath = folder.resolve("clamd.sock");
        configure();
        DaemonCommand command =
                new DaemonCommand(KIND, folder, List.of("--config-file=" + folder.resolve("clamd.conf")));
        daemon = options.awaitReady()
                ? Daemon.start(command, options.way(), this::check)
                : Daemon.launch(command, options.way(), this::check);
    }

    private void configure() {
        Folders.write(folder.resolve("clamd.conf"), options.configuration(address, socketPath, folder));
    }

    /// Starts one with defaults and returns when it has found the test virus.
    public static Clamd start() {
        return options().start();
    }

    /// Settings for one that differs from the default.
    public static ClamdOptions options() {
        return new ClamdOptions();
    }

    /// Where it listens with TCP; the same after a restart.
    public InetSocketAddress address() {
        return address;
    }

    /// Where it listens with a UNIX socket; the same after a restart.
    public Path socketPath() {
        return socketPath;
    }

    public Way way() {
        return daemon.way();
    }

    public boolean alive() {
        return daemon.alive();
    }

    /// Everything it logged so far.
    public String log() {
        return daemon.log();
    }

    /// Sends one command, such as `PING`, over TCP and returns the reply without its end.
    public String command(String command) throws IOException {
        return ClamdDialogue.command(address, command);
    }

    /// Lets it scan these bytes over TCP (`INSTREAM`) and returns the reply, such as `stream: OK`.
    public String scan(byte[] content) throws IOException {
        return ClamdDialogue.scan(address, content);
    }

    /// Stops it where it stands: connects still succeed (the kernel answers), and nothing replies.
    public void freeze() {
        daemon.freeze();
    }

    public void resume() {
        daemon.resume();
    }

    /// Ends it at once, as a crash would; [#restart()] brings it back.
    public void kill() {
        daemon.kill();
    }

    /// Stops it in good order and keeps its folder; [#restart()] brings it back.
    public void stop() {
        daemon.stop();
    }

    /// Sets a line of its `clamd.conf`, for the next start.
    public void set(String name, String value) {
        options.set(name, value);
        configure();
    }

    /// Starts it (again) at the same address and returns when it serves.
    public void restart() {
        daemon.restart();
    }

    /// Starts it (again) at the same address and returns at once; see [#awaitReady()].
    public void restartWithoutWaiting() {
        daemon.stop();
        daemon.launch();
    }

    public void awaitReady() {
        daemon.awaitReady();
    }

    /// Adds a signature: whatever contains the pattern is reported as `name.UNOFFICIAL`, after [#reload()].
    public void addSignature(String name, byte[] pattern) {
        database.add(name, pattern);
    }

    /// Adds random hashes, so that the next start or reload takes long: about a second for 300,000.
    public void addRandomHashes(int count) {
        database.addRandomHashes(count);
    }

    /// Makes it read its database again and returns when it has done so.
    public void reload() {
        int before = reloads();
        requestReload();
        long end = System.nanoTime() + RELOAD_LIMIT.toNanos();
        while (reloads() == before) {
            if (System.nanoTime() > end) {
                throw new AssertionError("clamd has not reloaded after " + RELOAD_LIMIT.toSeconds() + " s:\n" + log());
            }
            Daemon.sleep(Duration.ofMillis(20));
        }
    }

    /// Asks it to read its database again and returns at once.
    public void requestReload() {
        try {
            String reply = command("RELOAD");
            if (!reply.equals("RELOADING")) {
                throw new AssertionError("clamd answered RELOAD with \"" + reply + "\"");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        daemon.close();
    }

    private int reloads() {
        return log().split(RELOADED, -1).length - 1;
    }

    private void check() throws IOException {
        String reply = scan(Eicar.bytes());
        if (!reply.endsWith("FOUND")) {
            throw new IOException("clamd did not find the test virus: " + reply);
        }
    }

    Optional<String> version() throws IOException {
        String reply = command("VERSION");
        return reply.startsWith("ClamAV ") ? Optional.of(reply) : Optional.empty();
    }
}
