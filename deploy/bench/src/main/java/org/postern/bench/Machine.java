// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.Predicate;

/// What the numbers were measured on: without it they say nothing.
final class Machine {
    private Machine() {}

    static String describe() throws IOException {
        long memoryKib = Long.parseLong(
                line("/proc/meminfo", line -> line.startsWith("MemTotal:")).replaceAll("\\D", ""));
        return String.format(
                Locale.ROOT,
                "%s; %d processors (%s), %.1f GiB memory, %s %s, files on %s, Java %s, load average at the start %s",
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.getRuntime().availableProcessors(),
                line("/proc/cpuinfo", line -> line.startsWith("model name")).replaceFirst(".*: ", ""),
                memoryKib / 1048576.0,
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceFirst("-.*", ""),
                Files.getFileStore(Path.of("deploy")).type(),
                Runtime.version(),
                line("/proc/loadavg", line -> true).replaceFirst("( \\S+){2}$", ""));
    }

    private static String line(String file, Predicate<String> wanted) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(wanted)
                .findFirst()
                .orElse("unknown 0");
    }
}
