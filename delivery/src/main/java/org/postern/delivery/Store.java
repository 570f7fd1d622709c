// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.postern.core.directory.Directory;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.MailStore;
import org.postern.core.mail.Domain;
import org.postern.delivery.dsn.Notifier;
import org.postern.delivery.handoff.HandoffServer;
import org.postern.delivery.handoff.LocalMailStore;
import org.postern.delivery.qmqp.QmqpIntake;
import org.postern.delivery.qmqp.QmqpServer;
import org.postern.delivery.quarantine.Quarantine;
import org.postern.delivery.quarantine.QuarantineExpiry;
import org.postern.delivery.schedule.DeliveryService;
import org.postern.delivery.schedule.Routing;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.FileSpool;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolHealth;
import org.postern.delivery.spool.SpoolQueue;
import org.postern.delivery.spool.SpoolStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store role: takes mail in over the handoff, QMQP and in the same process, keeps it, delivers it.
///
/// Works from [#start] until [#close], which ends within 30 s.
public final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final FileSpool spool;
    private final DeliveryService deliveries;
    private final Intake intake;
    private final LocalMailStore local;
    private final Quarantine quarantine;
    private final HandoffServer handoff;
    private final QmqpServer qmqp;

    private Store(
            StoreConfig config,
            StoreIdentity identity,
            Directory directory,
            DnsResolver dns,
            MeterRegistry meters,
            InstantSource clock) {
        String node = identity.node();
        try {
            spool = started(FileSpool.open(config.spool(), clock));
            if (config.delivery().startPaused()) {
                spool.startPaused();
            }
            StoreMeters _ = started(new StoreMeters(spool, meters));
            DirectorySync directories = started(new DirectorySync(config.spool().syncThreads()));
            DerivedMails derived = new DerivedMails(spool, node, clock);
            OwnMailSigner signer = new OwnMailSigner(config.signing());
            Ways ways = started(new Ways(config, identity, dns, derived, signer, directories, clock, meters));
            deliveries = started(new DeliveryService(
                    spool,
                    new Routing(directory, config.delivery().directoryTimeout()),
                    ways,
                    new Notifier(config.dsn(), identity.hostname(), derived, signer, clock, meters),
                    config.delivery(),
                    clock,
                    meters));
            intake = new Intake(spool, config.handoffsMax(), meters);
            local = new LocalMailStore(spool, intake, clock);
            AutoCloseable _ = started(local::noteProofs);
            quarantine = new Quarantine(config.quarantine(), intake, clock, directories);
            QuarantineExpiry _ =
                    started(new QuarantineExpiry(quarantine, config.quarantine().keep(), clock));
            qmqp = started(QmqpServer.start(
                    config.qmqp(),
                    config.spool().messageMax(),
                    spool.tempFolder(),
                    new QmqpIntake(node, directory, intake, clock)));
            handoff = started(HandoffServer.start(config.handoff(), node, spool, intake, clock));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T started(T part) {
        parts.addFirst(part);
        return part;
    }

    /// Starts everything; mail left from before is found and delivered in the background.
    ///
    /// @param dns finds the hosts of other sites
    /// @throws org.postern.core.config.ConfigException in one line where a setting cannot be used
    public static Store start(
            StoreConfig config, StoreIdentity identity, Directory directory, DnsResolver dns, MeterRegistry meters) {
        return start(config, identity, directory, dns, meters, InstantSource.system());
    }

    /// A store without DNS: it keeps mail for other sites and finds none of their hosts.
    ///
    /// @param node the node's name, which is also its name in reports
    public static Store start(StoreConfig config, String node, Directory directory, MeterRegistry meters) {
        return start(config, new StoreIdentity(node, new Domain(node)), directory, DnsResolver.unavailable(), meters);
    }

    /// As above, with a clock of one's own.
    public static Store start(
            StoreConfig config,
            StoreIdentity identity,
            Directory directory,
            DnsResolver dns,
            MeterRegistry meters,
            InstantSource clock) {
        return new Store(config, identity, directory, dns, meters, clock);
    }

    /// The store for fronts in the same process. Closing it leaves this store open.
    public MailStore localMailStore() {
        return local;
    }

    /// What waits to be delivered, and what can be done with it.
    public SpoolQueue queue() {
        return spool;
    }

    /// What is kept apart, and what can be done with it.
    public Quarantine quarantine() {
        return quarantine;
    }

    /// Where Postern's own handoff is bound.
    public List<InetSocketAddress> handoffAddresses() {
        return handoff.addresses();
    }

    /// Where QMQP is bound.
    public List<InetSocketAddress> qmqpAddresses() {
        return qmqp.addresses();
    }

    /// Whether mail is taken in; deliveries go on in any case.
    public SpoolHealth health() {
        return spool.health();
    }

    /// Why no mail is delivered; empty where deliveries go on, and where an administrator paused them.
    public String deliveryTrouble() {
        return deliveries.trouble();
    }

    /// What is in the spool.
    public SpoolStore.Stats stats() {
        return spool.stats();
    }

    /// Stops taking mail in, finishes or refuses what is running, and closes everything.
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.removeFirst();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} did not close", part, e);
            }
        }
    }
}
