// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An authority made with openssl, and the certificates it signs. Debian package: openssl.
public final class TestAuthority {
    private final Path folder;

    public TestAuthority(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj /CN=test-authority"
                + " -keyout ca.key -out ca.pem");
    }

    /// Signs a certificate for a name and 127.0.0.1.
    ///
    /// @param days how long it is good; a negative number for one that has expired
    public MutualTlsConfig issue(String file, String name, int days, String... wanted) {
        try {
            Files.writeString(folder.resolve(file + ".ext"), "subjectAltName=DNS:" + name + ",IP:127.0.0.1\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " + file
                + ".key -out " + file + ".csr");
        run("x509 -req -in " + file + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days " + days + " -extfile "
                + file + ".ext -out " + file + ".pem");
        return new MutualTlsConfig(
                folder.resolve(file + ".pem"),
                folder.resolve(file + ".key"),
                folder.resolve("ca.pem"),
                List.of(wanted));
    }

    private void run(String arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("openssl"));
            command.addAll(List.of(arguments.split(" ")));
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("openssl " + arguments + ": " + said);
            }
        } catch (IOException e) {
            throw new AssertionError("openssl is missing: install the package openssl", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
