// SPDX-License-Identifier: Apache-2.0
package org.postern.core.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// The names a certificate is good for.
public final class CertificateNames {
    private static final int DNS_NAME = 2;

    private CertificateNames() {}

    /// The DNS names of its subjectAltName in lower case; none where there are none or they cannot be read. RFC 5280
    /// section 4.2.1.6
    public static List<String> dns(X509Certificate certificate) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> name.getFirst().equals(DNS_NAME))
                            .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
