// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.mail.Domain;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.spool.StoredMail;

/// Sends mails to the hosts of one domain, all its recipients of a mail together. Used by many
/// threads at once.
///
/// Each domain has places of its own ([Site]); what finds none comes again later instead of waiting
/// long, and a domain that cannot be reached is left alone for a while. That is what keeps one that
/// hangs from slowing the others.
public final class RelayDestination implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration BUSY = Duration.ofSeconds(5);

    private final RelayConfig config;
    private final Courier courier;
    private final InstantSource clock;
    private final Semaphore connections;
    private final Sites sites;

    RelayDestination(RelayConfig config, Courier courier, Sites sites, InstantSource clock, MeterRegistry meters) {
        this.config = config;
        this.courier = courier;
        this.clock = clock;
        this.sites = sites;
        this.connections = new Semaphore(config.connections(), true);
        meters.gauge("postern.relay.connections", connections, free -> config.connections() - free.availablePermits());
        meters.gauge("postern.relay.sites", sites, Sites::size);
    }

    /// What the domain's mail goes through: the smart host, or the domain itself.
    public String site(Domain domain) {
        return config.smartHost().map(host -> host.server().toString()).orElse(domain.name());
    }

    /// Delivers along the way to one domain.
    public void deliver(Domain domain, StoredMail mail, List<Destination.Stop> stops, Destination.Outcomes outcomes)
            throws IOException {
        Parcel parcel = new Parcel(mail, OriginalHeader.of(mail), stops, outcomes);
        int hops = parcel.header().hops();
        if (hops > config.hopsMax()) {
            parcel.all(new Destination.Outcome.Failed(
                    "the mail went through " + hops + " hosts: it goes in circles", Diagnosis.local("5.4.6")));
            return;
        }
        try {
            enter(domain, parcel);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void enter(Domain domain, Parcel parcel) throws IOException, InterruptedException {
        Site site = sites.site(site(domain));
        switch (site.enter()) {
            case Site.Entry.Busy(Instant until) -> parcel.all(new Destination.Outcome.Busy(until));
            case Site.Entry.Down(Instant until, String why) ->
                parcel.all(Trip.deferred(
                        "left alone until " + until.truncatedTo(ChronoUnit.SECONDS) + ", because " + why, until));
            case Site.Entry.Enter() -> inside(site, domain, parcel);
        }
    }

    private void inside(Site site, Domain domain, Parcel parcel) throws IOException, InterruptedException {
        Instant began = clock.instant();
        Contact contact;
        try {
            contact = connected(domain, parcel);
        } catch (Throwable e) {
            site.leave();
            throw e;
        }
        switch (contact) {
            case Contact.Talked() -> site.leave(Duration.between(began, clock.instant()));
            case Contact.Nothing(Parcel rest, Destination.Outcome outcome) -> {
                site.leave();
                rest.all(outcome);
            }
            case Contact.Unreachable(Parcel rest, String why) -> rest.all(Trip.deferred(why, site.failed(why)));
        }
    }

    private Contact connected(Domain domain, Parcel parcel) throws IOException, InterruptedException {
        if (!connections.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            return new Contact.Nothing(
                    parcel, new Destination.Outcome.Busy(clock.instant().plus(BUSY)));
        }
        try {
            return courier.carry(site(domain), domain, parcel);
        } finally {
            connections.release();
        }
    }

    /// Ends every wait for other hosts.
    public void hangUp() {
        courier.hangUp();
    }

    @Override
    public void close() {
        courier.close();
    }
}
