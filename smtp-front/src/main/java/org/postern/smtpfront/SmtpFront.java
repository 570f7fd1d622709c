// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.protocol.Conversations;
import org.postern.smtpfront.protocol.Farm;
import org.postern.smtpfront.tls.TlsReload;
import org.postern.smtpfront.tls.TlsStore;
import org.postern.smtpfront.transaction.Decisions;
import org.postern.smtpfront.transaction.Mails;
import org.postern.smtpfront.transport.SmtpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The SMTP server of one farm, serving from [#start] to [#close].
public final class SmtpFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpFront.class);

    private final String farm;
    private final Duration shutdown;
    private final Mails mails;
    private final SmtpServer server;
    private final Admission admission;
    private final TlsStore tls;
    private final List<InetSocketAddress> addresses;
    private final Object draining = new Object();
    private Optional<DrainReport> drained = Optional.empty();

    private SmtpFront(
            Farm farm, SmtpServer server, Admission admission, TlsStore tls, List<InetSocketAddress> addresses) {
        this.farm = farm.identity().farm();
        this.shutdown = farm.config().timeouts().shutdown();
        this.mails = farm.mails();
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
            return new SmtpFront(farm, server, admission, tls, addresses);
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

    /// Takes no new clients, tells every other one 421 as soon as it has no mail under way, and returns when all are
    /// gone, or after breaking off the rest. Whoever calls it while it runs, or afterwards, gets the same report.
    ///
    /// @param most how long mails under way may take; the configured bound is shorter where it is shorter
    public DrainReport drain(Duration most) {
        synchronized (draining) {
            DrainReport report = drained.orElseGet(() -> drainNow(most));
            drained = Optional.of(report);
            return report;
        }
    }

    private DrainReport drainNow(Duration most) {
        long began = System.nanoTime();
        long kept = mails.kept();
        int sessions = server.open();
        Duration bound = most.compareTo(shutdown) < 0 ? most : shutdown;
        LOG.info("{}: draining, {} sessions may end for {} s", farm, sessions, bound.toSeconds());
        server.drain();
        server.awaitEnd(bound);
        int sessionsLeft = server.open();
        int mailsLeft = sessionsLeft == 0 ? 0 : admission.pressure().underWay();
        server.breakOff();
        DrainReport report = new DrainReport(
                farm,
                sessions,
                mails.kept() - kept,
                sessionsLeft,
                mailsLeft,
                Duration.ofNanos(System.nanoTime() - began));
        LOG.info("{}", report);
        return report;
    }

    /// Reads the lists of allowed and denied clients, senders and recipients from these files instead, without using
    /// them yet.
    ///
    /// @return uses them, and returns how many rules there are
    /// @throws org.postern.core.config.ConfigException with all problems where one cannot be used
    public IntSupplier prepareLists(List<Path> files) {
        return admission.prepareLists(files);
    }

    /// Connections now: 0 when draining is done.
    public int connections() {
        return server.open();
    }

    /// Stops accepting, tells idle clients 421, lets mails under way end up to the configured bound, and closes.
    @Override
    public void close() {
        var _ = drain(shutdown);
        admission.close();
        tls.close();
        server.close();
    }
}
