// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
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

    /// @param host the name for the certificate and for people
    /// @param implicit TLS begins at once
    SmtpConnection dial(InetSocketAddress address, String host, Demand demand, boolean implicit, Optional<Login> login)
            throws IOException {
        SmtpConnection connection = switch (demand) {
            case Demand.Clear() -> clear(address, host);
            case Demand.Opportunistic() -> opportunistic(address, host);
            case Demand.Always(TlsClient client, String why) -> secured(address, host, client, why, implicit);
        };
        if (login.isPresent()) {
            try {
                connection.authenticate(login.get().user(), login.get().password());
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
        SmtpConnection connection =
                implicit ? SmtpConnection.openTls(address, host, timeouts, watchdog, client) : clear(address, host);
        try {
            if (implicit) {
                connection.hello(hostname.name());
            } else if (connection.capabilities().has("STARTTLS")) {
                connection.startTls(client, host, hostname.name());
            } else {
                throw new IOException(host + " does not offer TLS, which is demanded by " + why);
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    TlsClient anyCertificate() {
        return anyCertificate;
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
