// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Private folders for daemons, and the project's own folders.
final class Folders {
    /// A UNIX socket's path has at most 107 characters; this leaves room for the file's name.
    private static final int LONGEST = 75;

    private Folders() {}

    /// A new folder below the module's `target`; below `/tmp` where that path is too long for a UNIX socket.
    static Path create(String name) {
        try {
            Path parent = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
            if (parent.toString().length() + name.length() > LONGEST) {
                parent = Path.of("/tmp");
            }
            Files.createDirectories(parent);
            Path folder = Files.createTempDirectory(parent, name + "-").toRealPath();
            // Daemons that drop root (slapd, postfix) must be able to pass through.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path createIn(Path folder, String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What is in the folder, in no order; nothing where it does not exist (yet).
    static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int owner(Path folder) {
        return attribute(folder, "unix:uid");
    }

    static int group(Path folder) {
        return attribute(folder, "unix:gid");
    }

    static boolean ownedByRoot(Path folder) {
        return owner(folder) == 0;
    }

    private static int attribute(Path folder, String name) {
        try {
            return (int) Files.getAttribute(folder, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Lets every user of the machine write there: for daemons that give root away.
    static void open(Path folder) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes the folder and what is in it; what cannot be removed stays, a test's result does not depend on it.
    static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.out.println("postern testkit: could not remove " + folder + ": " + e.getMessage());
        }
    }

    /// The project's root: the system property `postern.project.root`, else the nearest folder above with
    /// `deploy/images`.
    static Path projectRoot() {
        String property = System.getProperty("postern.project.root", "");
        if (!property.isEmpty()) {
            return Path.of(property);
        }
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("deploy/images"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new AssertionError("no folder above " + Path.of("").toAbsolutePath()
                    + " has deploy/images; set the system property postern.project.root");
        }
        return folder;
    }
}
