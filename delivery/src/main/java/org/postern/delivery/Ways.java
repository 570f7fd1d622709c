// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.postern.core.directory.Account;
import org.postern.core.dns.DnsResolver;
import org.postern.core.mail.Domain;
import org.postern.delivery.forward.AccountDelivery;
import org.postern.delivery.forward.AutomaticReply;
import org.postern.delivery.lmtp.LmtpDestination;
import org.postern.delivery.maildir.MaildirDestination;
import org.postern.delivery.quarantine.QuarantineDestination;
import org.postern.delivery.relay.Relay;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.schedule.Destination.Outcome;
import org.postern.delivery.schedule.Destination.Stop;
import org.postern.delivery.schedule.Destinations;
import org.postern.delivery.schedule.Route;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.StoredMail;

/// All ways out of this store. What is done on this machine's disks has places of its own, so that mails which wait
/// for other hosts do not take them.
final class Ways implements Destinations, AutoCloseable {
    private static final Duration DOWN_MAX = Duration.ofMinutes(30);

    private final StoreConfig config;
    private final AccountDelivery accounts;
    private final MaildirDestination maildirs;
    private final QuarantineDestination quarantine;
    private final Optional<LmtpDestination> lmtp;
    private final Relay relay;
    private final Semaphore disk;

    Ways(
            StoreConfig config,
            StoreIdentity identity,
            DnsResolver dns,
            DerivedMails derived,
            OwnMailSigner signer,
            DirectorySync directories,
            InstantSource clock,
            MeterRegistry meters) {
        this.config = config;
        this.accounts = new AccountDelivery(
                derived,
                new AutomaticReply(
                        derived,
                        signer,
                        identity.hostname(),
                        config.spool().folder().resolve("replies"),
                        clock,
                        meters));
        this.maildirs = new MaildirDestination(config.maildir(), directories);
        this.quarantine = new QuarantineDestination(config.quarantine(), directories);
        this.disk = new Semaphore(config.delivery().concurrency());
        this.lmtp = config.lmtp().map(settings -> new LmtpDestination(settings, identity.hostname(), dns, clock));
        Duration first = config.delivery().retryFirst();
        Duration most = config.delivery().retryMax();
        this.relay = Relay.start(
                config.relay(),
                identity.hostname(),
                dns,
                first,
                most.compareTo(DOWN_MAX) < 0 ? most : DOWN_MAX,
                clock,
                meters);
    }

    @Override
    public Way way(Route route) {
        return switch (route) {
            case Route.Quarantine quarantined -> new Way("quarantine", this::keepApart, true);
            case Route.Local(Account account) -> local(account);
            case Route.Remote(Domain domain) ->
                new Way(
                        List.of("relay", relay.destination().site(domain)),
                        (mail, stops, redo, outcomes) -> relay.destination().deliver(domain, mail, stops, outcomes),
                        false);
            case Route.Undecided(String reason) ->
                new Way(
                        "undecided",
                        (mail, stops, redo, outcomes) -> {
                            for (Stop stop : stops) {
                                outcomes.of(stop.recipient(), new Outcome.Deferred(reason));
                            }
                        },
                        true);
        };
    }

    private Way local(Account account) {
        Optional<LmtpDestination> server = lmtp.filter(
                _ -> config.lmtp().orElseThrow().keeps(account.address().domain()));
        if (!AccountDelivery.concerns(account)) {
            return server.isPresent()
                    ? new Way("lmtp", server.get(), false)
                    : new Way("maildir", this::intoMaildirs, true);
        }
        Destination mailbox = server.isPresent() ? server.get() : this::intoMaildirs;
        return new Way(
                List.of("account", account.address()),
                (mail, stops, redo, outcomes) -> {
                    for (Stop stop : stops) {
                        Optional<Outcome> done = onDisk(() -> accounts.deliver(mail, stop.recipient(), account));
                        if (done.isPresent()) {
                            outcomes.of(stop.recipient(), done.get());
                        } else {
                            mailbox.deliver(mail, List.of(stop), redo, outcomes);
                        }
                    }
                },
                server.isEmpty());
    }

    private void intoMaildirs(StoredMail mail, List<Stop> stops, boolean redo, Destination.Outcomes outcomes)
            throws IOException {
        for (Stop stop : stops) {
            if (stop.route() instanceof Route.Local(Account account)) {
                Outcome outcome = onDisk(() -> maildirs.deliver(mail, stop.recipient(), account, redo));
                outcomes.of(stop.recipient(), outcome);
            }
        }
    }

    private void keepApart(StoredMail mail, List<Stop> stops, boolean redo, Destination.Outcomes outcomes)
            throws IOException {
        for (Stop stop : stops) {
            Outcome outcome = onDisk(() -> quarantine.deliver(mail, stop.recipient(), redo));
            outcomes.of(stop.recipient(), outcome);
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T onDisk(Work<T> work) throws IOException {
        disk.acquireUninterruptibly();
        try {
            return work.run();
        } finally {
            disk.release();
        }
    }

    @Override
    public void hangUp() {
        lmtp.ifPresent(LmtpDestination::hangUp);
        relay.destination().hangUp();
    }

    @Override
    public void close() {
        lmtp.ifPresent(LmtpDestination::close);
        relay.close();
    }
}
