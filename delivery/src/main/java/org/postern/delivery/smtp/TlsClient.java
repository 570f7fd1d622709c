// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Makes a connection secure, and decides whether the server is who it should be. Many threads use it.
public final class TlsClient {
    private final SSLContext context;
    private final boolean nameMustMatch;

    private TlsClient(TrustManager[] trust, boolean nameMustMatch) {
        try {
            this.context = SSLContext.getInstance("TLS");
            this.context.init(null, trust, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
        this.nameMustMatch = nameMustMatch;
    }

    /// Takes every certificate: keeps others from listening, and no more. RFC 7435.
    public static TlsClient opportunistic() {
        return new TlsClient(new TrustManager[] {new Any()}, false);
    }

    /// Takes a certificate that is valid for the host and leads to one of these authorities.
    public static TlsClient verified(TrustManager[] authorities) {
        return new TlsClient(authorities.clone(), true);
    }

    /// Takes a certificate chain that a check of one's own takes.
    public static TlsClient checked(ChainCheck check) {
        return new TlsClient(new TrustManager[] {new Checked(check)}, false);
    }

    /// The authorities of this JDK.
    @SuppressWarnings("NullAway") // null is how the JDK's own store is named
    public static TrustManager[] authorities() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return factory.getTrustManagers();
    }

    /// Those of a key store.
    public static TrustManager[] authorities(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /// Decides about a chain, the server's own certificate first.
    @FunctionalInterface
    public interface ChainCheck {
        void check(List<X509Certificate> chain) throws CertificateException;
    }

    SSLSocket secure(Socket socket, String host) throws IOException {
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        if (nameMustMatch) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (host.matches("[a-z0-9_.-]+") && !host.matches("[0-9.]+") && !host.endsWith(".")) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        if (nameMustMatch) {
            checkDates(secured.getSession());
        }
        return secured;
    }

    /// Java does not look at the dates of a certificate that is among the authorities itself.
    private static void checkDates(SSLSession session) throws IOException {
        if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
            try {
                certificate.checkValidity();
            } catch (CertificateException e) {
                throw new SSLPeerUnverifiedException(e.toString());
            }
        }
    }

    private static final class Any extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static final class Checked extends X509ExtendedTrustManager {
        private final ChainCheck check;

        Checked(ChainCheck check) {
            this.check = check;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check.check(List.of(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check.check(List.of(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check.check(List.of(chain));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
