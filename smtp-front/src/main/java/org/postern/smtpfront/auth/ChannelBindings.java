// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/// What ties a login to the TLS connection it comes over. RFC 5056
public final class ChannelBindings {
    /// RFC 9266 section 2
    private static final String EXPORTER_LABEL = "EXPORTER-Channel-Binding";

    private static final int EXPORTER_OCTETS = 32;

    private ChannelBindings() {}

    /// By their registered names; none where TLS ends elsewhere.
    public static Map<String, byte[]> of(Optional<SSLSession> session) {
        Map<String, byte[]> bindings = new HashMap<>();
        session.ifPresent(tls -> {
            endPoint(tls).ifPresent(value -> bindings.put("tls-server-end-point", value));
            exporter(tls).ifPresent(value -> bindings.put("tls-exporter", value));
        });
        return bindings;
    }

    /// The hash of our certificate, by the algorithm of its signature but no weaker than SHA-256. RFC 5929 section 4.1
    private static Optional<byte[]> endPoint(SSLSession session) {
        Certificate[] shown = session.getLocalCertificates();
        if (shown == null || shown.length == 0 || !(shown[0] instanceof X509Certificate certificate)) {
            return Optional.empty();
        }
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        String hash;
        if (signature.startsWith("MD5WITH") || signature.startsWith("SHA1WITH") || signature.startsWith("SHA256WITH")) {
            hash = "SHA-256";
        } else if (signature.startsWith("SHA384WITH")) {
            hash = "SHA-384";
        } else if (signature.startsWith("SHA512WITH")) {
            hash = "SHA-512";
        } else {
            // Ed25519 and the like use no single hash: not defined.
            return Optional.empty();
        }
        try {
            return Optional.of(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /// TLS 1.3 only: earlier versions need an extension that the session does not tell. RFC 9266 section 3
    private static Optional<byte[]> exporter(SSLSession session) {
        if (!session.getProtocol().equals("TLSv1.3") || !(session instanceof ExtendedSSLSession extended)) {
            return Optional.empty();
        }
        try {
            return Optional.of(extended.exportKeyingMaterialData(EXPORTER_LABEL, new byte[0], EXPORTER_OCTETS));
        } catch (SSLException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
