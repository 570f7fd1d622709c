// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Judges the certificates of clients after the handshake. During it every one is let through: many mail servers
/// show a certificate nobody knows, and their mail must not be lost for it. RFC 5280 section 6.
final class ClientCertificates extends X509ExtendedTrustManager {
    private final X509Certificate[] authorities;
    private final X509TrustManager judge;

    ClientCertificates(List<X509Certificate> authorities) {
        this.authorities = authorities.toArray(X509Certificate[]::new);
        this.judge = judge(this.authorities);
    }

    private static X509TrustManager judge(X509Certificate[] authorities) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (int i = 0; i < authorities.length; i++) {
                trusted.setCertificateEntry("authority-" + i, authorities[i]);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            for (TrustManager made : factory.getTrustManagers()) {
                if (made instanceof X509TrustManager found) {
                    return found;
                }
            }
            throw new AssertionError("PKIX makes X.509 trust managers");
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("every JDK has PKIX", e);
        }
    }

    /// The subject of the client's certificate, where an authority of ours stands behind it.
    Optional<String> subject(SSLSession session) {
        try {
            X509Certificate[] chain = Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            judge.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            return Optional.of(chain[0].getSubjectX500Principal().getName());
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            return Optional.empty();
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
        // Judged after the handshake.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
        // Judged after the handshake.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
        // Judged after the handshake.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("a server asks clients only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.clone();
    }
}
