// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.nio.file.Path;
import org.postern.core.config.Doc;

/// One certificate and its key.
public record CertificateConfig(
        @Doc("PEM file with the certificate chain, the server's own first.")
        Path certificate,

        @Doc("PEM file with the unencrypted PKCS #8 private key of that certificate.")
        Path key) {}
