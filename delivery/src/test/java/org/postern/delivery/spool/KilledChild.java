// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.handoff.HandoffId;

/// Runs [SpoolChild] under strace, which kills it or lies to it at a system call.
///
/// @param temp for what strace and the child say
record KilledChild(Path temp) {
    private static final Set<String> LOOKING =
            Set.of("statx", "fstat", "newfstatat", "lseek", "read", "getdents64", "fcntl", "dup");
    private static final Pattern CALL = Pattern.compile("(\\d+) +([a-z0-9_]+)\\(");

    /// Runs the child under strace and returns what it said.
    List<String> run(Path folder, String what, HandoffId id, String text, List<Path> watched, String injection)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("strace", "-f", "-qq", "-o", temp.resolve("strace.log").toString()));
        for (Path path : watched) {
            command.addAll(List.of("-P", path.toString()));
        }
        command.addAll(List.of("-e", "trace=all"));
        if (!injection.startsWith("none")) {
            command.addAll(List.of("-e", "inject=" + injection));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                SpoolChild.class.getName(),
                folder.toString(),
                what,
                id.toString(),
                text));
        Path output = temp.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(temp.resolve("errors.txt").toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(output, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("> "))
                .map(line -> line.substring(2))
                .toList();
    }

    /// A system call to be killed at: the n-th of its name in its thread, as strace counts.
    record Point(String call, int number) {
        String injection() {
            return call + ":signal=KILL:when=" + number;
        }
    }

    /// The calls of the last run that change something; to die at a call that only looks is to die before the next
    /// one that changes.
    List<Point> points() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        Set<Point> points = new LinkedHashSet<>();
        for (String line : Files.readAllLines(temp.resolve("strace.log"), StandardCharsets.ISO_8859_1)) {
            Matcher call = CALL.matcher(line);
            if (call.lookingAt() && !LOOKING.contains(call.group(2))) {
                int number = counts.merge(call.group(1) + " " + call.group(2), 1, Integer::sum);
                points.add(new Point(call.group(2), number));
            }
        }
        return List.copyOf(points);
    }
}
