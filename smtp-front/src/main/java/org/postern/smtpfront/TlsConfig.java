// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.nio.file.Path;
import java.util.Optional;
import org.postern.core.config.Doc;

/// Where the certificate comes from. Without files, a self-signed one for the host name is made at start, in
/// memory.
public record TlsConfig(
        @Doc("PEM file with the certificate chain, the server's own first.")
        Optional<Path> certificate,

        @Doc("PEM file with the unencrypted PKCS #8 private key of that certificate.")
        Optional<Path> key) {
    public TlsConfig {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "certificate and key belong together: give both files, or neither for a self-made certificate");
        }
    }

    /// A self-made certificate.
    public static TlsConfig selfMade() {
        return new TlsConfig(Optional.empty(), Optional.empty());
    }
}
