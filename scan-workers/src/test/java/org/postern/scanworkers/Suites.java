// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.postern.testkit.SharedSuites;

/// Mails of the shared test suites.
public final class Suites {
    private static final Path ROOT = Path.of(System.getProperty("postern.project.root", ".."));

    private Suites() {}

    public static Path folder(String name) {
        return SharedSuites.path(name);
    }

    /// At least one, so that a test that goes through them looks at something.
    public static List<Path> files(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder(folder))) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new AssertionError(folder + " has no file that ends in \"" + ending + "\"");
            }
            return found;
        }
    }

    /// Reads a mail file, without the first line of an mbox, and gives it the line endings of SMTP.
    public static byte[] mail(Path file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int before = 0;
        byte[] octets = Files.readAllBytes(file);
        int start = 0;
        if (new String(octets, 0, Math.min(5, octets.length), StandardCharsets.US_ASCII).equals("From ")) {
            while (start < octets.length && octets[start++] != '\n') {
                // on to the end of the line
            }
        }
        for (int i = start; i < octets.length; i++) {
            byte octet = octets[i];
            if (octet == '\n' && before != '\r') {
                out.write('\r');
            }
            out.write(octet);
            before = octet;
        }
        return out.toByteArray();
    }

    /// Unpacks the sample of the SpamAssassin corpus below `target`, once.
    public static Path corpus() throws IOException, InterruptedException {
        Path archive = folder("corpus").resolve("spamassassin-sample.tar.gz");
        Path target =
                ROOT.resolve("scan-workers/target/corpus").toAbsolutePath().normalize();
        if (!Files.exists(target.resolve("complete"))) {
            Files.createDirectories(target);
            int code = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", target.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException("tar ended with " + code);
            }
            Files.createFile(target.resolve("complete"));
        }
        return target;
    }
}
