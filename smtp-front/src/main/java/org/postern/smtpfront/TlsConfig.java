// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Where the certificates come from. Without files, a self-signed one for the host name is made at start, in
/// memory.
public record TlsConfig(
        @Doc("PEM file with the certificate chain, the server's own first.")
        Optional<Path> certificate,

        @Doc("PEM file with the unencrypted PKCS #8 private key of that certificate.")
        Optional<Path> key,

        @Doc("Further certificates, for clients that ask for a name they hold (SNI).") @Default("[]")
        List<CertificateConfig> more,

        @Doc("PEM file with the authorities whose client certificates are believed; without it none is asked for.")
        Optional<Path> clientAuthorities,

        @Doc("How often the files are looked at for changes; 1s to 1d.") @Default("30s")
        Duration checkEvery) {
    private static final Duration CHECK_EVERY = Duration.ofSeconds(30);

    public TlsConfig {
        more = List.copyOf(more);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "certificate and key belong together: give both files, or neither for a self-made certificate");
        }
        if (certificate.isEmpty() && !more.isEmpty()) {
            throw new IllegalArgumentException(
                    "more certificates need a first one for clients that ask for no name: set certificate and key");
        }
        if (checkEvery.compareTo(Duration.ofSeconds(1)) < 0 || checkEvery.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("check-every is 1s to 1d, not " + checkEvery);
        }
    }

    /// One certificate, and none asked of clients.
    public TlsConfig(Optional<Path> certificate, Optional<Path> key) {
        this(certificate, key, List.of(), Optional.empty(), CHECK_EVERY);
    }

    /// A self-made certificate.
    public static TlsConfig selfMade() {
        return new TlsConfig(Optional.empty(), Optional.empty());
    }

    /// All certificates from files, the one for everybody first.
    public List<CertificateConfig> certificates() {
        List<CertificateConfig> all = new ArrayList<>();
        certificate.ifPresent(file -> all.add(new CertificateConfig(file, key.orElseThrow())));
        all.addAll(more);
        return all;
    }

    /// All files that are read.
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        certificates().forEach(each -> files.addAll(List.of(each.certificate(), each.key())));
        clientAuthorities.ifPresent(files::add);
        return files;
    }
}
