// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.postern.core.config.ConfigException;
import org.postern.core.dns.DnsResolver;
import org.postern.core.dns.HostAddresses;
import org.postern.core.dns.SecureDns;
import org.postern.core.dns.ValidatingResolver;
import org.postern.core.mail.Domain;
import org.postern.delivery.smtp.TlsClient;

/// Makes the remote queue from its settings.
public final class Relay implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final RelayDestination destination;

    private Relay(
            RelayConfig config,
            Domain hostname,
            DnsResolver dns,
            Duration downFirst,
            Duration downMax,
            InstantSource clock,
            MeterRegistry meters) {
        TrustManager[] authorities = authorities(config.authorities());
        SecureDns secure = SecureDns.unavailable();
        if (config.validatingResolver().isPresent()) {
            ValidatingResolver resolver =
                    new ValidatingResolver(config.validatingResolver().get());
            parts.addFirst(resolver);
            secure = resolver;
        }
        Itineraries itineraries = new Itineraries(
                config,
                new HostAddresses(dns),
                new HopFinder(dns, hostname, config.ipv6(), config.hostsMax()),
                new StsPolicies(
                        config.mtaSts(),
                        dns,
                        new StsFetcher(https(), StsFetcher::wellKnown, StsFetcher.PATIENCE),
                        config.mtaStsFolder().map(StsFiles::new),
                        clock),
                new DaneLookup(secure, config.port()),
                authorities,
                config.smartHost().flatMap(Relay::login));
        destination = new RelayDestination(
                config,
                new Courier(
                        itineraries,
                        new Dialer(hostname, config.timeouts()),
                        Math.max(1, config.connections() / 4),
                        config.idle(),
                        meters),
                new Sites(config.connectionsPerDomain(), downFirst, downMax, clock),
                clock,
                meters);
        parts.addFirst(destination);
    }

    /// @param hostname what this host calls itself
    /// @param downFirst how long a site is left alone after its first failure
    /// @param downMax how long at most
    /// @throws ConfigException where a file cannot be read
    public static Relay start(
            RelayConfig config,
            Domain hostname,
            DnsResolver dns,
            Duration downFirst,
            Duration downMax,
            InstantSource clock,
            MeterRegistry meters) {
        return new Relay(config, hostname, dns, downFirst, downMax, clock, meters);
    }

    public RelayDestination destination() {
        return destination;
    }

    private static SSLContext https() {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    static TrustManager[] authorities(Optional<Path> file) {
        try {
            if (file.isEmpty()) {
                return TlsClient.authorities();
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            try (InputStream in = Files.newInputStream(file.get())) {
                int i = 0;
                for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    store.setCertificateEntry("authority-" + i++, each);
                }
                if (i == 0) {
                    throw new IOException("there is no certificate in it");
                }
            }
            return TlsClient.authorities(store);
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    "relay.authorities: " + file.map(Path::toString).orElse("those of Java") + " cannot be read ("
                            + e.getMessage() + "); give a file of certificates in PEM");
        }
    }

    private static Optional<Dialer.Login> login(SmartHostConfig host) {
        if (host.user().isEmpty() || host.passwordFile().isEmpty()) {
            return Optional.empty();
        }
        Path file = host.passwordFile().get();
        try {
            String password = Files.readString(file).lines().findFirst().orElse("");
            return Optional.of(new Dialer.Login(host.user().get(), password));
        } catch (IOException e) {
            throw new ConfigException(
                    "relay.smart-host.password-file: " + file + " cannot be read (" + e.getMessage() + ")");
        }
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                org.slf4j.LoggerFactory.getLogger(Relay.class).error("a part of the relay cannot be closed", e);
            }
        }
    }
}
