// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Self-made certificates for tests, by keytool.
record Certificates(Path store, Path certificate, Path key) {
    static final String PASSWORD = "secret-secret";

    /// @param startDays when it begins to be valid, in days from now; it is valid for five days
    static Certificates make(Path folder, String name, String host, int startDays) {
        Path store = folder.resolve(name + ".p12");
        try {
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "x",
                            "-keyalg",
                            "RSA",
                            "-keysize",
                            "2048",
                            "-dname",
                            "CN=" + host,
                            "-ext",
                            "san=dns:" + host,
                            "-startdate",
                            (startDays < 0 ? "" : "+") + startDays + "d",
                            "-validity",
                            "5",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            PASSWORD))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("keytool.log").toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(Files.readString(folder.resolve("keytool.log")));
            }
            KeyStore keys = load(store);
            Path certificate = pem(
                    folder.resolve(name + ".crt"),
                    "CERTIFICATE",
                    keys.getCertificate("x").getEncoded());
            Path key = pem(
                    folder.resolve(name + ".key"),
                    "PRIVATE KEY",
                    keys.getKey("x", PASSWORD.toCharArray()).getEncoded());
            return new Certificates(store, certificate, key);
        } catch (IOException | InterruptedException | java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore load(Path file) throws java.security.GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    KeyStore keys() {
        try {
            return load(store);
        } catch (IOException | java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    X509Certificate x509() {
        try {
            return (X509Certificate) keys().getCertificate("x");
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Path pem(Path file, String what, byte[] octets) throws IOException {
        return Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets) + "\n-----END " + what
                        + "-----\n");
    }
}
