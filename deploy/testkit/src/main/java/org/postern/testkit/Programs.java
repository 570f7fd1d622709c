// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds programs on the PATH and in the `sbin` folders, which Debian leaves out of a user's PATH.
final class Programs {
    /// Packages that cannot be installed beside others are unpacked here by ./run.
    static final String UNPACKED = System.getProperty("user.home") + "/.cache/postern/unpacked/usr/sbin";

    private Programs() {}

    static Optional<Path> find(String name) {
        List<String> folders =
                new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
        folders.addAll(List.of("/usr/local/sbin", "/usr/sbin", "/sbin"));
        folders.add(UNPACKED);
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// The program's path; fails the test with the package to install where it is missing.
    static Path require(String name, String debianPackage) {
        return find(name)
                .orElseThrow(() ->
                        new AssertionError(name + " is not on the PATH. Install it: apt-get install " + debianPackage));
    }
}
