// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/// Waits after a measurement until the server has done the work it had left, so that the next one is not measured
/// against it.
final class Settle {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private Settle() {}

    /// Returns when the folder holds no files, when their number stays the same, or after three seconds.
    static void await(Optional<Path> folder) {
        long end = System.nanoTime() + LIMIT.toNanos();
        long before = -1;
        while (System.nanoTime() < end) {
            sleep();
            long now = folder.map(Settle::files).orElse(0L);
            if (now == 0 || now == before) {
                return;
            }
            before = now;
        }
    }

    private static long files(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).count();
        } catch (IOException | UncheckedIOException vanished) {
            // A file that goes away while it is counted is a sign of work.
            return Long.MAX_VALUE;
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
