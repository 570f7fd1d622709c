// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Recipient;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.smtp.Answers;
import org.postern.delivery.smtp.ConnectionPool;
import org.postern.delivery.smtp.MailRequest;
import org.postern.delivery.smtp.SmtpConnection;
import org.postern.delivery.smtp.SmtpReply;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends mails to the hosts of one domain, all its recipients of a mail together. Used by many
/// threads at once.
///
/// Each domain has places of its own ([Site]); what finds none comes again later instead of
/// waiting long, and a domain
/// that cannot be reached is left alone for a while. That is what keeps one that hangs from
/// slowing the others.
public final class RelayDestination implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RelayDestination.class);
    private static final int RECIPIENTS_MAX = 100;
    private static final int SITES_MAX = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration BUSY = Duration.ofSeconds(5);

    private final RelayConfig config;
    private final Itineraries itineraries;
    private final Dialer dialer;
    private final Duration downFirst;
    private final Duration downMax;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final ConnectionPool pool;
    private final Semaphore connections;
    private final ConcurrentMap<String, Site> sites = new ConcurrentHashMap<>();

    /// @param downFirst how long a site is left alone after its first failure
    /// @param downMax how long at most
    RelayDestination(
            RelayConfig config,
            Itineraries itineraries,
            Dialer dialer,
            Duration downFirst,
            Duration downMax,
            InstantSource clock,
            MeterRegistry meters) {
        this.config = config;
        this.itineraries = itineraries;
        this.dialer = dialer;
        this.downFirst = downFirst;
        this.downMax = downMax;
        this.clock = clock;
        this.meters = meters;
        this.pool = new ConnectionPool("relay", Math.max(1, config.connections() / 4), config.idle());
        this.connections = new Semaphore(config.connections(), true);
        meters.gauge("postern.relay.connections", connections, free -> config.connections() - free.availablePermits());
        meters.gauge("postern.relay.sites", sites, ConcurrentMap::size);
    }

    /// What the domain's mail goes through: the smart host, or the domain itself.
    public String site(Domain domain) {
        return config.smartHost().map(host -> host.server().toString()).orElse(domain.name());
    }

    /// Delivers along the way to one domain.
    public void deliver(Domain domain, StoredMail mail, List<Destination.Stop> stops, Destination.Outcomes outcomes)
            throws IOException {
        OriginalHeader header = OriginalHeader.of(mail);
        if (header.hops() > config.hopsMax()) {
            all(
                    stops,
                    outcomes,
                    failed("the mail went through " + header.hops() + " hosts: it goes in circles", "5.4.6"));
            return;
        }
        try {
            enter(domain, new Parcel(mail, header, stops, outcomes));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// What is to be sent.
    private record Parcel(
            StoredMail mail, OriginalHeader header, List<Destination.Stop> stops, Destination.Outcomes outcomes) {
        Parcel part(int from, int to) {
            return new Parcel(mail, header, stops.subList(from, to), outcomes);
        }
    }

    private void enter(Domain domain, Parcel parcel) throws IOException, InterruptedException {
        Site site = sites.computeIfAbsent(
                site(domain), _ -> new Site(config.connectionsPerDomain(), downFirst, downMax, clock));
        if (sites.size() > SITES_MAX) {
            sites.values().removeIf(Site::idle);
        }
        switch (site.enter()) {
            case Site.Entry.Busy(Instant until) ->
                all(parcel.stops(), parcel.outcomes(), new Destination.Outcome.Busy(until));
            case Site.Entry.Down(Instant until, String why) ->
                all(
                        parcel.stops(),
                        parcel.outcomes(),
                        deferred("left alone until " + until + ", because " + why, until));
            case Site.Entry.Enter() -> {
                Instant began = clock.instant();
                Contact contact = Contact.NOTHING_LEARNT;
                try {
                    if (!connections.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                        all(
                                parcel.stops(),
                                parcel.outcomes(),
                                new Destination.Outcome.Busy(clock.instant().plus(BUSY)));
                        return;
                    }
                    try {
                        contact = parts(domain, parcel, site);
                    } finally {
                        connections.release();
                    }
                } finally {
                    switch (contact) {
                        case TALKED -> site.leave(Duration.between(began, clock.instant()));
                        case NOTHING_LEARNT -> site.leave();
                        case UNREACHABLE -> {} // failed() gave the place back
                    }
                }
            }
        }
    }

    /// What an attempt says of the site.
    private enum Contact {
        TALKED,
        NOTHING_LEARNT,
        UNREACHABLE
    }

    private Contact parts(Domain domain, Parcel parcel, Site site) throws IOException, InterruptedException {
        Contact contact = Contact.NOTHING_LEARNT;
        for (int from = 0; from < parcel.stops().size(); from += RECIPIENTS_MAX) {
            int to = Math.min(parcel.stops().size(), from + RECIPIENTS_MAX);
            contact = part(domain, parcel.part(from, to), site);
            if (contact != Contact.TALKED) {
                // The rest is tried again with what is left of this part.
                break;
            }
        }
        return contact;
    }

    private Contact part(Domain domain, Parcel parcel, Site site) throws IOException, InterruptedException {
        MailRequest request = request(parcel);
        Object key = List.of(site(domain), Itineraries.strictness(parcel.mail(), parcel.header()));
        Optional<List<SmtpReply>> overWaiting = overWaiting(key, parcel, request);
        if (overWaiting.isPresent()) {
            return Contact.TALKED;
        }
        return switch (itineraries.of(domain, parcel.mail(), parcel.header())) {
            case Itinerary.Never(String reason, Diagnosis diagnosis) -> {
                all(parcel.stops(), parcel.outcomes(), new Destination.Outcome.Failed(reason, diagnosis));
                yield Contact.NOTHING_LEARNT;
            }
            case Itinerary.Unknown(String reason) -> {
                all(parcel.stops(), parcel.outcomes(), deferred(reason, Instant.EPOCH));
                yield Contact.NOTHING_LEARNT;
            }
            case Itinerary.Legs(List<Itinerary.Leg> legs) -> travel(key, legs, parcel, request, site);
        };
    }

    private Contact travel(Object key, List<Itinerary.Leg> legs, Parcel parcel, MailRequest request, Site site)
            throws IOException {
        String last = "no host";
        boolean talked = false;
        for (Itinerary.Leg leg : legs) {
            SmtpConnection connection;
            try {
                connection = dialer.dial(
                        new InetSocketAddress(leg.address(), leg.port()),
                        leg.host(),
                        leg.demand(),
                        leg.implicitTls(),
                        leg.login());
            } catch (IOException | RuntimeException e) {
                last = leg + ": " + e;
                LOG.info("{} cannot be used: {}", leg, e.toString());
                count("unreachable");
                continue;
            }
            talked = true;
            Optional<List<SmtpReply>> sent = send(key, connection, request);
            if (sent.isPresent()) {
                report(parcel, sent.get(), connection);
                return Contact.TALKED;
            }
            last = leg + " closed the connection";
        }
        if (talked) {
            all(parcel.stops(), parcel.outcomes(), deferred(last, Instant.EPOCH));
            return Contact.NOTHING_LEARNT;
        }
        Instant until = site.failed(last);
        all(parcel.stops(), parcel.outcomes(), deferred(last, until));
        return Contact.UNREACHABLE;
    }

    private Optional<List<SmtpReply>> overWaiting(Object key, Parcel parcel, MailRequest request) throws IOException {
        Optional<SmtpConnection> waiting = pool.take(key);
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        Optional<List<SmtpReply>> sent = send(key, waiting.get(), request);
        if (sent.isPresent()) {
            count("reused");
            report(parcel, sent.get(), waiting.get());
        }
        return sent;
    }

    /// Empty where the connection broke before the end of the message: nothing was taken.
    private Optional<List<SmtpReply>> send(Object key, SmtpConnection connection, MailRequest request)
            throws DamagedMailException {
        boolean done = false;
        try {
            Optional<SmtpReply> obstacle = connection.obstacle(request);
            List<SmtpReply> replies = obstacle.isPresent()
                    ? Collections.nCopies(request.recipients().size(), obstacle.get())
                    : connection.send(request);
            done = true;
            return Optional.of(replies);
        } catch (DamagedMailException e) {
            throw e;
        } catch (IOException e) {
            LOG.info("{} did not take a mail: {}", connection.remote(), e.toString());
            return Optional.empty();
        } finally {
            if (done) {
                pool.give(key, connection);
            } else {
                connection.close();
            }
        }
    }

    private static void report(Parcel parcel, List<SmtpReply> replies, SmtpConnection connection) throws IOException {
        // RFC 3461 section 5.2.3: who hands over to a host without DSN reports instead of it.
        Destination.Success success =
                connection.capabilities().has("DSN") ? Destination.Success.PASSED_ON : Destination.Success.RELAYED;
        for (int i = 0; i < parcel.stops().size(); i++) {
            parcel.outcomes()
                    .of(
                            parcel.stops().get(i).recipient(),
                            Answers.outcome(replies.get(i), connection.remote(), success));
        }
    }

    private static MailRequest request(Parcel parcel) {
        StoredMail mail = parcel.mail();
        List<Recipient> recipients = new ArrayList<>(parcel.stops().size());
        for (Destination.Stop stop : parcel.stops()) {
            recipients.add(mail.envelope().recipients().get(stop.recipient()));
        }
        boolean international = mail.envelope().parameters().smtputf8()
                && (parcel.header().isInternational()
                        || mail.envelope().reversePath().toString().chars().anyMatch(c -> c > 0x7f)
                        || recipients.stream()
                                .anyMatch(each -> each.path().address().isInternationalized()));
        return new MailRequest(
                mail.envelope().reversePath(),
                recipients,
                mail.envelope().parameters(),
                international,
                mail.bodyLength(),
                mail::body);
    }

    private static Destination.Outcome failed(String reason, String status) {
        return new Destination.Outcome.Failed(reason, Diagnosis.local(status));
    }

    private static Destination.Outcome deferred(String reason, Instant until) {
        // RFC 3463 section 3.5: X.4.1, no answer from host.
        return new Destination.Outcome.Deferred(reason, Diagnosis.local("4.4.1"), until);
    }

    private static void all(List<Destination.Stop> stops, Destination.Outcomes outcomes, Destination.Outcome outcome)
            throws IOException {
        for (Destination.Stop stop : stops) {
            outcomes.of(stop.recipient(), outcome);
        }
    }

    private void count(String what) {
        meters.counter("postern.relay.connects", "outcome", what).increment();
    }

    /// Ends every wait for other hosts.
    public void hangUp() {
        dialer.hangUp();
    }

    @Override
    public void close() {
        pool.close();
        dialer.close();
        itineraries.close();
    }
}
