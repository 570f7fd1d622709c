// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.postern.core.mail.Domain;
import org.postern.smtpfront.CertificateConfig;

/// A self-made certificate in PEM files, as an operator has them.
///
/// @param files where it stands
/// @param certificate the certificate
/// @param key its key
public record TestPem(CertificateConfig files, X509Certificate certificate, PrivateKey key) {
    public static TestPem create(Path folder, String host) throws IOException {
        SelfMadeCertificate made = SelfMadeCertificate.create(new Domain(host), Instant.now());
        TestPem pem = new TestPem(
                new CertificateConfig(folder.resolve(host + ".pem"), folder.resolve(host + ".key")),
                made.certificate(),
                made.key());
        pem.write(pem.files());
        return pem;
    }

    /// Writes certificate and key to these files, each in one move.
    public void write(CertificateConfig to) throws IOException {
        try {
            put(to.certificate(), "CERTIFICATE", certificate.getEncoded());
            put(to.key(), "PRIVATE KEY", key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void put(Path file, String kind, byte[] der) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
        Path next =
                Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text, StandardCharsets.US_ASCII);
        Files.move(
                next,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /// For a client that shows this certificate.
    public KeyManager[] keyManagers() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", key, new char[0], new X509Certificate[] {certificate});
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
