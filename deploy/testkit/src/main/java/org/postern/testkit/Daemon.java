// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What all daemons of the kit have in common: started one of two ways, ready only when a functional check passes,
/// frozen, killed, started again at the same address, closed at the latest when the JVM ends.
///
/// Used by the daemons' classes, one lock each; not meant to be shared by tests that run at the same time.
public final class Daemon implements AutoCloseable {
    /// Slow machines start clamd with an official database in minutes; tests' own databases take a second.
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Set<Daemon> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Daemon::close), "postern-testkit-hook"));
    }

    private final DaemonCommand command;
    private final Way way;
    private final Check check;
    private @Nullable DaemonProcess process;
    private boolean frozen;

    private Daemon(DaemonCommand command, Way way, Check check) {
        this.command = command;
        this.way = way;
        this.check = check;
    }

    /// Asks the daemon for its service; throws when it did not do it.
    @FunctionalInterface
    interface Check {
        void run() throws IOException;
    }

    /// Starts the daemon and returns when the check has passed.
    static Daemon start(DaemonCommand command, Optional<Way> wanted, Check check) {
        Daemon daemon = new Daemon(command, Ways.choose(command.kind(), wanted), check);
        OPEN.add(daemon);
        try {
            daemon.launch();
            daemon.awaitReady();
        } catch (RuntimeException | Error e) {
            daemon.close();
            throw e;
        }
        return daemon;
    }

    /// Starts the daemon without waiting until it serves.
    static Daemon launch(DaemonCommand command, Optional<Way> wanted, Check check) {
        Daemon daemon = new Daemon(command, Ways.choose(command.kind(), wanted), check);
        OPEN.add(daemon);
        daemon.launch();
        return daemon;
    }

    public Way way() {
        return way;
    }

    /// Its private folder: configuration, data and `output.log`.
    public Path folder() {
        return command.folder();
    }

    public boolean alive() {
        DaemonProcess current = process;
        return current != null && current.alive();
    }

    synchronized void launch() {
        process = DaemonProcess.start(command, way);
        frozen = false;
    }

    /// Waits until the check passes; fails with the end of the daemon's log when it ends or never serves.
    void awaitReady() {
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        String last = "never asked";
        while (System.nanoTime() < end) {
            if (!alive()) {
                throw new AssertionError(command.kind().name() + " ended while starting; its output:\n" + logTail());
            }
            try {
                check.run();
                return;
            } catch (IOException notYet) {
                last = String.valueOf(notYet);
            }
            sleep(Duration.ofMillis(50));
        }
        throw new AssertionError(command.kind().name() + " does not serve after " + READY_LIMIT.toSeconds() + " s ("
                + last + "); its output:\n" + logTail());
    }

    /// Stops it where it stands: connects still succeed (the kernel answers), and nothing replies.
    public synchronized void freeze() {
        running().freeze();
        frozen = true;
    }

    /// Lets it run on after [#freeze()].
    public synchronized void resume() {
        running().resume();
        frozen = false;
    }

    /// Sends a signal such as `HUP` to its main process.
    public synchronized void signal(String name) {
        running().signal(name);
    }

    /// Ends it at once, as a crash would; [#restart()] brings it back.
    public synchronized void kill() {
        DaemonProcess current = process;
        if (current != null) {
            current.kill();
            process = null;
        }
    }

    /// Stops it in good order and keeps its folder; [#restart()] brings it back.
    public synchronized void stop() {
        DaemonProcess current = process;
        if (current == null) {
            return;
        }
        process = null;
        if (frozen) {
            // A frozen process does not see a request to end.
            current.kill();
        } else {
            current.stop(GRACE);
        }
    }

    /// Starts it (again) at the same address and returns when it serves.
    public void restart() {
        stop();
        launch();
        awaitReady();
    }

    @Override
    public void close() {
        if (OPEN.remove(this)) {
            stop();
            Folders.remove(command.folder());
        }
    }

    /// Everything the daemon wrote to its output so far, in all its runs.
    public String log() {
        try {
            return Files.exists(command.log()) ? Files.readString(command.log(), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String logTail() {
        String log = log();
        return log.substring(Math.max(0, log.length() - 4000));
    }

    private DaemonProcess running() {
        DaemonProcess current = process;
        if (current == null) {
            throw new IllegalStateException(command.kind().name() + " is not running");
        }
        return current;
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
