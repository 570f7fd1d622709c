// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.postern.core.config.ConfigException;

/// Reads certificate chain and private key from PEM files. RFC 7468.
final class PemFiles {
    private PemFiles() {}

    static SslContextBuilder read(Path certificate, Path key) {
        byte[] chain = content("certificate", certificate);
        byte[] secret = content("key", key);
        try {
            return SslContextBuilder.forServer(new ByteArrayInputStream(chain), new ByteArrayInputStream(secret));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("certificate " + certificate + " and key " + key + " cannot be used: "
                    + e.getMessage() + "; both must be PEM, the key unencrypted PKCS #8");
        }
    }

    private static byte[] content(String what, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(what + " " + file + " does not exist");
        } catch (IOException e) {
            throw new ConfigException(what + " " + file + " cannot be read: " + e.getMessage());
        }
    }
}
