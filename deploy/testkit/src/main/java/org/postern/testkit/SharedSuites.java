// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/// Test suites and samples of other projects, which this project does not carry: the folder that the system
/// property `postern.suites` or the environment variable `POSTERN_SUITES` names, else `../shared/suites` beside
/// the checkout.
///
/// Without that folder a test that asks for something of it is aborted, and `./run test` lists it with the
/// reason. Something that is missing in a folder that is there fails the test.
public final class SharedSuites {
    private SharedSuites() {}

    /// Whether the suites are on this machine.
    public static boolean present() {
        return Files.isDirectory(folder());
    }

    /// A file or folder of the suites; aborts the test that asks where there are no suites.
    ///
    /// For the body of a test and `@BeforeEach`. What is aborted in `@BeforeAll`, a provider of arguments
    /// or a test factory stands in no report: a factory uses [#tests].
    public static Path path(String relative) {
        if (!present()) {
            Assumptions.abort("needs " + relative + " of the shared test suites, and there is no folder " + folder());
        }
        Path path = folder().resolve(relative);
        if (!Files.exists(path)) {
            throw new AssertionError(folder() + " has no " + relative);
        }
        return path;
    }

    /// What a test factory makes of a file or folder; one test that is aborted where there are no suites.
    public static Stream<DynamicNode> tests(String relative, Function<Path, Stream<DynamicNode>> factory) {
        return present()
                ? factory.apply(path(relative))
                : Stream.of(DynamicTest.dynamicTest("all of " + relative, () -> path(relative)));
    }

    private static Path folder() {
        String given = System.getProperty("postern.suites", "");
        if (given.isEmpty()) {
            given = Objects.requireNonNullElse(System.getenv("POSTERN_SUITES"), "");
        }
        return given.isEmpty()
                ? Folders.projectRoot().resolve("../shared/suites").normalize()
                : Path.of(given);
    }
}
