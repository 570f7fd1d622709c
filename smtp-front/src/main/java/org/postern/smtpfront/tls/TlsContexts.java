// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.postern.core.config.ConfigException;
import org.postern.core.mail.Domain;
import org.postern.smtpfront.TlsConfig;

/// Makes the TLS context of a farm from its settings.
public final class TlsContexts {
    private TlsContexts() {}

    /// Reads the files, or makes a certificate. Throws [ConfigException] with what is wrong with which file.
    public static SslContext create(TlsConfig config, Domain hostname) {
        try {
            SslContextBuilder builder = config.certificate().isPresent()
                    ? PemFiles.read(config.certificate().get(), config.key().orElseThrow())
                    : selfMade(hostname);
            return builder.sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException e) {
            throw new ConfigException("TLS cannot be used with this certificate and key: " + e.getMessage());
        }
    }

    private static SslContextBuilder selfMade(Domain hostname) {
        SelfMadeCertificate made = SelfMadeCertificate.create(hostname, Instant.now());
        return SslContextBuilder.forServer(made.key(), made.certificate());
    }
}
