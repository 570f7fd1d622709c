// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A certificate chain with its key, and the names it is good for. RFC 6125 section 6.4.
///
/// @param key the private key
/// @param chain the server's own certificate first
/// @param names DNS names in lower case; one may begin with `*.`
record ServerKey(PrivateKey key, List<X509Certificate> chain, List<String> names) {
    private static final int DNS_NAME = 2;
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,]+)", Pattern.CASE_INSENSITIVE);

    ServerKey {
        chain = List.copyOf(chain);
        names = List.copyOf(names);
    }

    static ServerKey of(PrivateKey key, List<X509Certificate> chain) {
        return new ServerKey(key, chain, names(chain.getFirst()));
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /// The kind of its key, as JSSE asks for it.
    String algorithm() {
        return certificate().getPublicKey().getAlgorithm();
    }

    /// Whether it is good for this name; a star stands for exactly one label.
    boolean serves(String name) {
        String asked = name.toLowerCase(Locale.ROOT);
        int dot = asked.indexOf('.');
        return names.contains(asked) || (dot > 0 && names.contains("*" + asked.substring(dot)));
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        for (List<?> name : alternativeNames(certificate)) {
            if (name.getFirst().equals(DNS_NAME)) {
                names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
            }
        }
        if (names.isEmpty()) {
            Matcher common =
                    COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
            if (common.find()) {
                names.add(common.group(1).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            return Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of());
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
