// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// An authority and one certificate for 127.0.0.1, made by the JDK's keytool.
///
/// @param ca the authority's certificate in PEM
/// @param certificate the server's, in PEM
/// @param key the server's private key, in PEM
record TestCertificates(Path ca, Path certificate, Path key) {
    /// @param start when it begins to be valid, such as `-10d`
    /// @param days how long it is valid
    static TestCertificates make(String start, int days, String subjectAlternativeName) throws Exception {
        Path folder = Files.createTempDirectory("certificates");
        Path authority = folder.resolve("ca.p12");
        Path server = folder.resolve("server.p12");
        keytool(authority, "-genkeypair -alias ca -keyalg RSA -keysize 2048 -dname CN=ca -ext bc:c -validity 30");
        keytool(server, "-genkeypair -alias server -keyalg RSA -keysize 2048 -dname CN=server");
        TestCertificates made = new TestCertificates(
                folder.resolve("ca.pem"), folder.resolve("server.pem"), folder.resolve("server.key"));
        keytool(authority, "-exportcert -rfc -alias ca -file " + made.ca);
        keytool(server, "-certreq -alias server -file " + folder.resolve("server.csr"));
        keytool(
                authority,
                "-gencert -rfc -alias ca -infile " + folder.resolve("server.csr") + " -outfile " + made.certificate
                        + " -startdate " + start + " -validity " + days + " -ext san=" + subjectAlternativeName);
        java.security.KeyStore store = java.security.KeyStore.getInstance(server.toFile(), "changeit".toCharArray());
        String key = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(store.getKey("server", "changeit".toCharArray()).getEncoded());
        Files.writeString(made.key, "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
        return made;
    }

    private static void keytool(Path store, String arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        line.addAll(Arrays.asList(arguments.split(" ")));
        line.addAll(List.of("-keystore", store.toString(), "-storepass", "changeit"));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(line + ": " + output);
        }
    }

    /// Lines of slapd.conf.
    String settings() {
        return "TLSCertificateFile " + certificate + "\nTLSCertificateKeyFile " + key + "\n";
    }
}
