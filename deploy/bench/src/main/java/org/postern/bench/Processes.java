// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Child processes and their folders.
final class Processes {
    private Processes() {}

    /// Waits for the end of a command that should take moments.
    static void finish(Process process, String what) throws IOException {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(what + " failed; see the log in its folder");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Waits for the line `ready …`, which a server prints when it serves; its end without one is a failure.
    ///
    /// @param folder where its `stderr.log` is
    static void awaitReady(Process process, Path folder) throws IOException {
        // Not closed: closing it would end the process at its next line.
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready")) {
                Thread.ofVirtual().start(() -> throwAway(output));
                return;
            }
        }
        throw new IOException("the server did not start: " + Files.readString(folder.resolve("stderr.log")));
    }

    private static void throwAway(BufferedReader output) {
        try {
            long _ = output.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            // The process was stopped.
            return;
        }
    }

    static void stop(Process process) {
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
    }

    static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bench: could not remove " + folder + ": " + e.getMessage());
        }
    }

    /// Memory of a process that is in the machine's memory now, in bytes; empty when it has ended.
    static OptionalLong resident(Process process) {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
