// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.auth.ScramDecoy;
import org.postern.smtpfront.protocol.Conversations;
import org.postern.smtpfront.protocol.Farm;
import org.postern.smtpfront.tls.TlsReload;
import org.postern.smtpfront.tls.TlsStore;
import org.postern.smtpfront.transaction.Decisions;
import org.postern.smtpfront.transaction.Mails;
import org.postern.smtpfront.transport.SmtpServer;

/// The SMTP server of one farm, serving from [#start] to [#close].
public final class SmtpFront implements AutoCloseable {
    private final SmtpServer server;
    private final Admission admission;
    private final TlsStore tls;
    private final List<InetSocketAddress> addresses;

    private SmtpFront(SmtpServer server, Admission admission, TlsStore tls, List<InetSocketAddress> addresses) {
        this.server = server;
        this.admission = admission;
        this.tls = tls;
        this.addresses = List.copyOf(addresses);
    }

    /// Opens all listeners and serves.
    ///
    /// @param with stay open until this front is closed; the front closes none of them
    /// @throws IOException when an address cannot be listened on, with a sentence that names it
    /// @throws org.postern.core.config.ConfigException when certificate or key cannot be used
    public static SmtpFront start(FrontIdentity identity, SmtpFrontConfig config, Collaborators with)
            throws IOException {
        Admission admission = new Admission(identity.farm(), config, with.meters(), System::nanoTime);
        TlsStore tls = TlsStore.open(config.tls(), identity.hostname(), identity.farm(), with.meters());
        Farm farm = new Farm(
                identity,
                config,
                with,
                new Mails(identity, config, with, admission),
                new Decisions(identity, with),
                new ScramDecoy(),
                admission);
        SmtpServer server = new SmtpServer(config.timeouts(), admission, tls, new Conversations(farm)::start);
        try {
            List<InetSocketAddress> addresses = new ArrayList<>();
            for (ListenerConfig listener : config.listen()) {
                addresses.add(server.listen(listener));
            }
            Gauge.builder("postern.smtp.connections", server, SmtpServer::open)
                    .description("SMTP connections now")
                    .tag("farm", identity.farm())
                    .register(with.meters());
            admission.watch();
            return new SmtpFront(server, admission, tls, addresses);
        } catch (IOException | RuntimeException e) {
            server.close();
            tls.close();
            throw e;
        }
    }

    /// What the listeners are bound to, in the order of the configuration.
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /// Reads certificates and keys anew, for all handshakes from then on. What cannot be used changes nothing.
    public TlsReload reloadCertificates() {
        return tls.reload();
    }

    /// Stops accepting and tells every client 421 as soon as it has no mail under way; returns at once. To be
    /// followed by [#close()].
    public void drain() {
        server.drain();
    }

    /// Connections now: 0 when draining is done.
    public int connections() {
        return server.open();
    }

    /// Stops accepting, tells idle clients 421, lets mails under way end up to the configured bound, and closes.
    @Override
    public void close() {
        admission.close();
        tls.close();
        server.close();
    }
}
