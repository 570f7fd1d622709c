// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// A daemon started from the binary on the PATH.
final class PathProcess implements DaemonProcess {
    private final Process process;

    private PathProcess(Process process) {
        this.process = process;
    }

    static PathProcess start(DaemonCommand command) {
        Path binary = Programs.require(command.program(), command.kind().debianPackage());
        List<String> line = new ArrayList<>(List.of(binary.toString()));
        line.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(command.folder().toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(command.log().toFile()));
        builder.environment()
                .merge(
                        "PATH",
                        "/usr/local/sbin:/usr/sbin:/sbin:" + Programs.UNPACKED,
                        (path, more) -> path + ":" + more);
        builder.environment().putAll(command.environment());
        try {
            return new PathProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

    @Override
    public OptionalInt awaitEnd(Duration limit) {
        await(limit);
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    @Override
    public void freeze() {
        signalAll("STOP");
    }

    @Override
    public void resume() {
        signalAll("CONT");
    }

    @Override
    public void signal(String name) {
        send(name, List.of(process.toHandle()));
    }

    @Override
    public void kill() {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroyForcibly);
        await(Duration.ofSeconds(10));
    }

    @Override
    public void stop(Duration grace) {
        List<ProcessHandle> family = family();
        process.destroy();
        await(grace);
        family.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
        await(Duration.ofSeconds(10));
    }

    private void await(Duration limit) {
        try {
            process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void signalAll(String name) {
        send(name, family());
    }

    private List<ProcessHandle> family() {
        List<ProcessHandle> family = new ArrayList<>(List.of(process.toHandle()));
        process.descendants().forEach(family::add);
        return family;
    }

    /// The shell's own `kill`: `/bin/kill` is not on every machine.
    private static void send(String name, List<ProcessHandle> targets) {
        StringBuilder script = new StringBuilder("kill -" + name);
        targets.forEach(target -> script.append(' ').append(target.pid()));
        try {
            Process kill = new ProcessBuilder("sh", "-c", script.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(kill.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (kill.waitFor() != 0) {
                throw new AssertionError(script + ": " + output.strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
