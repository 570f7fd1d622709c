// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.tls.CertificateNames;
import org.postern.core.tls.PemFiles;
import org.postern.smtpfront.CertificateConfig;

/// A certificate chain with its key, and the names it is good for. RFC 6125 section 6.4.
///
/// @param key the private key
/// @param chain the server's own certificate first
/// @param names DNS names in lower case; one may begin with `*.`
record ServerKey(PrivateKey key, List<X509Certificate> chain, List<String> names) {
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,]+)", Pattern.CASE_INSENSITIVE);

    ServerKey {
        chain = List.copyOf(chain);
        names = List.copyOf(names);
    }

    static ServerKey read(CertificateConfig files) {
        PemFiles.Identity identity = PemFiles.identity(files.certificate(), files.key());
        return of(identity.key(), identity.chain());
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
        List<String> names = CertificateNames.dns(certificate);
        if (!names.isEmpty()) {
            return names;
        }
        Matcher common =
                COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
        return common.find() ? List.of(common.group(1).toLowerCase(Locale.ROOT)) : List.of();
    }
}
