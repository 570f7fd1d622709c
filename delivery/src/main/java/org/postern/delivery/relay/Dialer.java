// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.postern.core.mail.Domain;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.smtp.SmtpConnection;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.delivery.smtp.TlsClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens connections to other hosts: greeted, secured as demanded, logged in. Many threads use it.
final class Dialer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

    private final Domain hostname;
    private final SmtpTimeouts timeouts;
    private final Watchdog watchdog = new Watchdog();
    private final TlsClient anyCertificate = TlsClient.opportunistic();

    /// Name and password at a smart host.
    record Login(String user, String password) {
        @Override
        public String toString() {
            return user;
        }
    }

    /// @param hostname what this host calls itself
    Dialer(Domain hostname, SmtpTimeouts timeouts) {
        this.hostname = hostname;
        this.timeouts = timeouts;
    }

    /// A host that certainly does not do what is demanded of it, for now.
    static final class UnmetException extends IOException {
        private static final long serialVersionUID = 1L;

        UnmetException(String message) {
            super(message);
        }
    }

    /// @throws UnmetException where the host was reached and has no TLS, or not the right certificate
    SmtpConnection dial(Itinerary.Leg leg) throws IOException {
        InetSocketAddress address = new InetSocketAddress(leg.address(), leg.port());
        SmtpConnection connection = switch (leg.demand()) {
            case Demand.Clear() -> clear(address, leg.host());
            case Demand.Opportunistic() -> opportunistic(address, leg.host());
            case Demand.Always(TlsClient client, String why) ->
                secured(address, leg.host(), client, why, leg.implicitTls());
        };
        if (leg.login().isPresent()) {
            try {
                connection.authenticate(
                        leg.login().get().user(), leg.login().get().password());
            } catch (IOException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }
        return connection;
    }

    private SmtpConnection clear(InetSocketAddress address, String host) throws IOException {
        SmtpConnection connection =
                SmtpConnection.open(address, host, SmtpConnection.Protocol.SMTP, timeouts, watchdog);
        try {
            connection.hello(hostname.name());
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private SmtpConnection opportunistic(InetSocketAddress address, String host) throws IOException {
        SmtpConnection connection = clear(address, host);
        if (!connection.capabilities().has("STARTTLS")) {
            return connection;
        }
        try {
            connection.startTls(anyCertificate, host, hostname.name());
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            LOG.info("TLS with {} does not work, sent in the clear: {}", host, e.toString());
            return clear(address, host);
        }
    }

    private SmtpConnection secured(
            InetSocketAddress address, String host, TlsClient client, String why, boolean implicit) throws IOException {
        try {
            return implicit ? implicitly(address, host, client) : explicitly(address, host, client, why);
        } catch (SSLException e) {
            if (e.getCause() instanceof EOFException) {
                // Broken off, which says nothing.
                throw e;
            }
            throw new UnmetException("TLS as demanded by " + why + " does not work: " + e);
        }
    }

    private SmtpConnection implicitly(InetSocketAddress address, String host, TlsClient client) throws IOException {
        SmtpConnection connection = SmtpConnection.openTls(address, host, timeouts, watchdog, client);
        try {
            connection.hello(hostname.name());
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private SmtpConnection explicitly(InetSocketAddress address, String host, TlsClient client, String why)
            throws IOException {
        SmtpConnection connection = clear(address, host);
        try {
            if (!connection.capabilities().has("STARTTLS")) {
                throw new UnmetException("it does not offer TLS, which is demanded by " + why);
            }
            connection.startTls(client, host, hostname.name());
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    void hangUp() {
        watchdog.closeGuarded();
    }

    @Override
    public void close() {
        hangUp();
        watchdog.close();
    }
}
