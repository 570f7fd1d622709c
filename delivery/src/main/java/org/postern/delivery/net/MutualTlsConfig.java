// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of TLS with certificates on both sides.
@Doc("TLS 1.3 with certificates on both sides. The files are read again when they change.")
public record MutualTlsConfig(
        @Doc("PEM file with our certificate and those between it and the authority, ours first.")
        Path certificate,

        @Doc("PEM file with the unencrypted PKCS #8 private key of that certificate.")
        Path key,

        @Doc("PEM file with the authorities whose certificates are believed. Use one that signs nothing else.")
        Path authorities,

        @Doc("Names of which the other side's certificate must hold one (DNS names of subjectAltName). For a front: the"
                + " store's name where it is not the one in its address. For a store: its fronts; none means everybody"
                + " with a certificate of these authorities.")
        @Default("[]")
        List<String> names) {
    public MutualTlsConfig {
        names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }
}
