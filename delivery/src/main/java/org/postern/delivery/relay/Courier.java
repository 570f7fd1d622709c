// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.postern.core.mail.Domain;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.smtp.ConnectionPool;
import org.postern.delivery.smtp.MailRequest;
import org.postern.delivery.smtp.Obstacle;
import org.postern.delivery.smtp.SmtpConnection;
import org.postern.delivery.spool.DamagedMailException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries parcels to the hosts of a domain: over a connection that waits, else to one host after the
/// other. Used by many threads at once.
final class Courier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final int RECIPIENTS_MAX = 100;

    private final Itineraries itineraries;
    private final Dialer dialer;
    private final MeterRegistry meters;
    private final ConnectionPool pool;

    /// @param idleMax connections that may wait for the next mail
    Courier(Itineraries itineraries, Dialer dialer, int idleMax, Duration idle, MeterRegistry meters) {
        this.itineraries = itineraries;
        this.dialer = dialer;
        this.meters = meters;
        this.pool = new ConnectionPool("relay", idleMax, idle);
    }

    /// @param site what connections may be used again for
    Contact carry(String site, Domain domain, Parcel parcel) throws IOException, InterruptedException {
        Object key = List.of(site, parcel.strictness());
        for (int from = 0; from < parcel.size(); from += RECIPIENTS_MAX) {
            Parcel part = parcel.part(from, Math.min(parcel.size(), from + RECIPIENTS_MAX));
            Parcel rest = parcel.part(from, parcel.size());
            if (overWaiting(key, part)) {
                continue;
            }
            Optional<Contact> ended = switch (itineraries.of(domain, parcel.mail(), parcel.header())) {
                case Itinerary.Never(String reason, Diagnosis diagnosis) ->
                    Optional.of(new Contact.Nothing(rest, new Destination.Outcome.Failed(reason, diagnosis)));
                case Itinerary.Unknown(String reason) ->
                    Optional.of(new Contact.Nothing(rest, Trip.deferred(reason, Instant.EPOCH)));
                case Itinerary.Legs(List<Itinerary.Leg> legs, boolean onlyThese) ->
                    travel(key, legs, onlyThese, part, rest);
            };
            if (ended.isPresent()) {
                return ended.get();
            }
        }
        return new Contact.Talked();
    }

    private boolean overWaiting(Object key, Parcel parcel) throws IOException {
        Optional<SmtpConnection> waiting = pool.take(key);
        if (waiting.isEmpty()) {
            return false;
        }
        Optional<List<Trip.Said>> said = send(key, waiting.get(), parcel);
        if (said.isEmpty()) {
            return false;
        }
        count("reused");
        for (int i = 0; i < parcel.size(); i++) {
            parcel.outcomes()
                    .of(parcel.stops().get(i).recipient(), said.get().get(i).outcome());
        }
        return true;
    }

    /// @return empty when everybody was told of
    private Optional<Contact> travel(Object key, List<Itinerary.Leg> legs, boolean onlyThese, Parcel part, Parcel rest)
            throws IOException {
        Trip trip = new Trip(part, onlyThese);
        for (Itinerary.Leg leg : legs) {
            if (trip.over()) {
                break;
            }
            SmtpConnection connection;
            try {
                connection = dialer.dial(leg);
            } catch (Dialer.UnmetException e) {
                LOG.info("{} does not do what is demanded: {}", leg, e.getMessage());
                count("unreachable");
                trip.unmet(leg + ": " + e.getMessage());
                continue;
            } catch (IOException | RuntimeException e) {
                LOG.info("{} cannot be used: {}", leg, words(e));
                count("unreachable");
                trip.unusable(leg + ": " + words(e));
                continue;
            }
            Optional<List<Trip.Said>> said = send(key, connection, trip.left());
            if (said.isPresent()) {
                trip.answered(said.get());
            } else {
                trip.broken(leg + " closed the connection");
            }
        }
        return trip.end(rest);
    }

    /// What a network says needs no name of a class: administrators and senders read it.
    private static String words(Exception e) {
        boolean plain =
                e instanceof SocketException || e instanceof SocketTimeoutException || e instanceof SSLException;
        return plain && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    /// Empty where the connection broke before the end of the message: nothing was taken.
    private Optional<List<Trip.Said>> send(Object key, SmtpConnection connection, Parcel parcel)
            throws DamagedMailException {
        boolean done = false;
        try {
            MailRequest request = parcel.request();
            Optional<Obstacle> obstacle = connection.capabilities().obstacle(request);
            List<Trip.Said> said = obstacle.isPresent()
                    ? Collections.nCopies(parcel.size(), Trip.Said.of(obstacle.get(), connection))
                    : connection.send(request).stream()
                            .map(reply -> Trip.Said.of(reply, connection))
                            .toList();
            // Over one that has nothing for anybody now, the next mail would not see another host either.
            done = said.stream().anyMatch(each -> !each.elsewhere());
            return Optional.of(said);
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

    private void count(String what) {
        meters.counter("postern.relay.connects", "outcome", what).increment();
    }

    /// Ends every wait for other hosts.
    void hangUp() {
        dialer.hangUp();
    }

    @Override
    public void close() {
        pool.close();
        dialer.close();
        itineraries.close();
    }
}
