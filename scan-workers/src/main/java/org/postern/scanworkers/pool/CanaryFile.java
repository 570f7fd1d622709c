// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.config.ConfigException;

/// A sample that was read, and what it must be found to be.
///
/// @param name of the file, for people
/// @param expected the name of a signature or symbol; empty where it must pass
public record CanaryFile(
        String name,
        @SuppressWarnings("ArrayRecordComponent") byte[] octets,
        Optional<String> expected) {
    private static final int SIZE_MAX = 1024 * 1024;

    /// Reads the samples of an engine.
    ///
    /// @throws ConfigException with everything that is wrong
    public static List<CanaryFile> read(String engine, List<CanaryConfig> canaries) {
        List<String> problems = new ArrayList<>();
        List<CanaryFile> files = new ArrayList<>();
        if (canaries.size() > CanaryConfig.MAX) {
            problems.add("engines." + engine + ".canaries: at most " + CanaryConfig.MAX + ", not " + canaries.size());
        }
        for (CanaryConfig canary : canaries) {
            Path path = canary.file();
            try (InputStream in = Files.newInputStream(path)) {
                byte[] octets = in.readNBytes(SIZE_MAX + 1);
                if (octets.length > SIZE_MAX) {
                    problems.add("engines." + engine + ".canaries: " + path + " is larger than 1MiB");
                }
                files.add(new CanaryFile(
                        path.toString(),
                        octets,
                        Optional.of(canary.expect()).filter(expect -> !expect.equals("clean"))));
            } catch (IOException e) {
                problems.add("engines." + engine + ".canaries: " + path + " cannot be read (" + e + ")");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return files;
    }

    /// What is wrong with what a backend found; empty where it is right.
    ///
    /// @param bad whether it would not let the sample pass
    /// @param found names of what it found
    public Optional<String> wrong(boolean bad, Set<String> found) {
        if (expected.map(found::contains).orElse(!bad)) {
            return Optional.empty();
        }
        return Optional.of("the canary " + name + " is " + (found.isEmpty() ? "clean" : String.join(", ", found))
                + " to it, not " + expected.orElse("clean"));
    }
}
