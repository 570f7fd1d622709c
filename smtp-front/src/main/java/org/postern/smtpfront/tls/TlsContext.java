// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.postern.core.config.ConfigException;
import org.postern.core.mail.Domain;
import org.postern.core.tls.PemFiles;
import org.postern.smtpfront.TlsConfig;

/// Certificates, keys and client authorities as the files stood when they were read. Immutable.
public final class TlsContext {
    private static final String NO_SECOND_HANDSHAKE = "jdk.tls.rejectClientInitiatedRenegotiation";

    static {
        // The JDK reads it once, before the first handshake of a server. Else a client of TLS 1.2 that begins one
        // handshake after the other makes us sign as often as it likes.
        if (System.getProperty(NO_SECOND_HANDSHAKE) == null) {
            System.setProperty(NO_SECOND_HANDSHAKE, "true");
        }
    }

    private final SslContext context;
    private final List<ServerKey> keys;
    private final Optional<ClientCertificates> clients;

    private TlsContext(SslContext context, List<ServerKey> keys, Optional<ClientCertificates> clients) {
        this.context = context;
        this.keys = keys;
        this.clients = clients;
    }

    /// Reads the files, or makes a certificate. Throws [ConfigException] with what is wrong with which file.
    public static TlsContext create(TlsConfig config, Domain hostname) {
        List<ServerKey> keys = config.certificate().isPresent()
                ? config.certificates().stream().map(ServerKey::read).toList()
                : List.of(selfMade(hostname));
        Optional<ClientCertificates> clients = config.clientAuthorities()
                .map(file -> new ClientCertificates(PemFiles.certificates("client-authorities", file)));
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(new NamedKeys(keys))
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .trustManager(new NoCertificates());
            clients.ifPresent(judge -> builder.trustManager(judge).clientAuth(ClientAuth.OPTIONAL));
            return new TlsContext(builder.build(), keys, clients);
        } catch (SSLException e) {
            throw new ConfigException("TLS cannot be used with this certificate and key: " + e.getMessage());
        }
    }

    private static ServerKey selfMade(Domain hostname) {
        SelfMadeCertificate made = SelfMadeCertificate.create(hostname, Instant.now());
        return ServerKey.of(made.key(), List.of(made.certificate()));
    }

    /// The handler of one connection.
    public SslHandler newHandler(ByteBufAllocator allocator, Executor tasks) {
        return context.newHandler(allocator, tasks);
    }

    /// The subject of the client's certificate, where an authority of ours stands behind it.
    public Optional<String> clientSubject(SSLSession session) {
        return clients.flatMap(judge -> judge.subject(session));
    }

    /// How many certificates there are.
    public int certificates() {
        return keys.size();
    }

    /// When the first of them ends.
    public Instant expires() {
        return keys.stream()
                .map(key -> key.certificate().getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
