// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.postern.core.config.ConfigException;
import org.postern.core.limits.Deadline;
import org.postern.core.tls.CertificateNames;
import org.postern.core.tls.PemFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS over an open socket, both sides with certificates of authorities that are ours. RFC 8446, RFC 9525.
///
/// The files are looked at every 10 s, when a connection is made; connections that are open keep what they have. Files
/// that cannot be used change nothing and are said to be so. The lock guards all fields that change.
public final class MutualTls {
    private static final Logger LOG = LoggerFactory.getLogger(MutualTls.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final AtomicInteger LOOKS = new AtomicInteger();
    private static final char[] NO_PASSWORD = new char[0];

    private final MutualTlsConfig config;
    private final ReentrantLock lock = new ReentrantLock();
    private SSLContext context;
    private List<FileTime> times;
    private long lastLook;
    private int looks;

    /// @throws ConfigException where the files cannot be used or do not belong together, with what to do
    public MutualTls(MutualTlsConfig config) {
        this.config = config;
        this.times = times();
        this.context = read();
        this.lastLook = System.nanoTime();
    }

    /// Greets a store; checks that it is the one we mean.
    ///
    /// @param host the store's name as it was written
    public SSLSocket connect(Socket socket, String host, Deadline deadline) throws IOException {
        SSLSocket tls = (SSLSocket) current().getSocketFactory().createSocket(socket, host, socket.getPort(), true);
        SSLParameters parameters = parameters(tls);
        if (config.names().isEmpty()) {
            // RFC 9525 section 6: the name in the certificate is the one we asked for.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        tls.setSSLParameters(parameters);
        return shaken(tls, deadline);
    }

    /// Answers a front; it must show a certificate.
    public SSLSocket accept(Socket socket, Deadline deadline) throws IOException {
        SSLSocket tls = (SSLSocket) current().getSocketFactory().createSocket(socket, null, socket.getPort(), true);
        tls.setUseClientMode(false);
        SSLParameters parameters = parameters(tls);
        parameters.setNeedClientAuth(true);
        tls.setSSLParameters(parameters);
        return shaken(tls, deadline);
    }

    private static SSLParameters parameters(SSLSocket tls) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        return parameters;
    }

    private SSLSocket shaken(SSLSocket tls, Deadline deadline) throws IOException {
        tls.setSoTimeout(Math.max(1, deadline.remainingMillis()));
        tls.startHandshake();
        if (!config.names().isEmpty()) {
            List<String> names =
                    CertificateNames.dns((X509Certificate) tls.getSession().getPeerCertificates()[0]);
            if (names.stream().noneMatch(config.names()::contains)) {
                throw new IOException("the peer's certificate is for " + names + ", not for " + config.names());
            }
        }
        return tls;
    }

    /// Lets everybody look at the files before the next connection.
    public static void lookNow() {
        int _ = LOOKS.incrementAndGet();
    }

    private SSLContext current() {
        lock.lock();
        try {
            if (System.nanoTime() - lastLook >= LOOK_EVERY.toNanos() || looks != LOOKS.get()) {
                lastLook = System.nanoTime();
                looks = LOOKS.get();
                look();
            }
            return context;
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        try {
            List<FileTime> now = times();
            if (!now.equals(times)) {
                context = read();
                times = now;
                LOG.info("{} was read again", config.certificate());
            }
        } catch (ConfigException e) {
            // A half-written pair: the old one goes on, and the next look tries again.
            LOG.error("the changed certificate is not used: {}", e.getMessage());
        }
    }

    private List<FileTime> times() {
        try {
            return List.of(
                    Files.getLastModifiedTime(config.certificate()),
                    Files.getLastModifiedTime(config.key()),
                    Files.getLastModifiedTime(config.authorities()));
        } catch (IOException e) {
            throw new ConfigException("a TLS file cannot be read: " + e);
        }
    }

    private SSLContext read() {
        try {
            PemFiles.Identity identity = PemFiles.identity(config.certificate(), config.key());
            KeyStore own = empty();
            own.setKeyEntry("own", identity.key(), NO_PASSWORD, identity.chain().toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            KeyStore believed = empty();
            for (X509Certificate authority : PemFiles.certificates("authorities", config.authorities())) {
                believed.setCertificateEntry("authority-" + believed.size(), authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(believed);
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return made;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException("the TLS files " + config.certificate() + " and " + config.authorities()
                    + " cannot be used: " + e.getMessage());
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
