// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;

/// The signature database of one clamd: a folder of text files.
final class ClamdDatabase {
    private final Path folder;
    private int files;

    ClamdDatabase(Path daemonFolder) {
        folder = folder(daemonFolder);
    }

    static Path folder(Path daemonFolder) {
        return daemonFolder.resolve("db");
    }

    void prepare(ClamdOptions options) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("postern.ndb"), Eicar.signature());
            copyShared();
            for (Path database : options.databases()) {
                copy(database);
            }
            addRandomHashes(options.randomHashes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The shared suites' signatures, where they are.
    private void copyShared() throws IOException {
        if (!SharedSuites.present()) {
            return;
        }
        try (Stream<Path> list = Files.list(SharedSuites.path("clamav"))) {
            for (Path file : list.filter(ClamdDatabase::isDatabase).toList()) {
                copy(file);
            }
        }
    }

    private static boolean isDatabase(Path file) {
        return file.toString().endsWith(".hdb") || file.toString().endsWith(".ndb");
    }

    private void copy(Path file) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
    }

    void add(String name, byte[] pattern) {
        String line = name + ":0:*:" + HexFormat.of().formatHex(pattern) + "\n";
        Folders.write(folder.resolve("added-" + ++files + ".ndb"), line);
    }

    void addRandomHashes(int count) {
        if (count == 0) {
            return;
        }
        Path file = folder.resolve("random-" + ++files + ".hdb");
        Random random = new Random();
        byte[] hash = new byte[16];
        try (BufferedWriter writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
            for (int i = 0; i < count; i++) {
                random.nextBytes(hash);
                writer.write(HexFormat.of().formatHex(hash));
                writer.write(":" + (1000 + random.nextInt(1_000_000)) + ":Postern.Random." + i + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
