// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailParameters;
import org.postern.delivery.Mails;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.schedule.Route;
import org.postern.delivery.spool.FileSpool;
import org.postern.delivery.spool.SpoolConfig;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.SpooledMail;
import org.postern.delivery.spool.StoredMail;

/// What several hosts together mean for a mail that demands TLS: returned only where it is certain that none does it.
@Timeout(60)
class TripTest {
    private static final Trip.Said LACKS =
            new Trip.Said(new Destination.Outcome.Failed("it lacks REQUIRETLS", Diagnosis.local("5.7.30")), true);
    private static final Trip.Said LATER =
            new Trip.Said(new Destination.Outcome.Deferred("later", Diagnosis.local("4.3.0")), true);
    private static final Trip.Said TAKEN = new Trip.Said(new Destination.Outcome.Delivered("taken"), false);

    @TempDir
    private Path folder;

    private final Map<Integer, Destination.Outcome> told = new HashMap<>();

    /// What comes out, for the only recipient: what was told, or what is left to be told; `Busy` stands for a site
    /// that could not be talked to.
    private Destination.Outcome end(boolean onlyThese, boolean demanding, Ask... hosts) throws Exception {
        told.clear();
        Path own = folder.resolve("spool" + System.nanoTime());
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(own), Instant::now)) {
            StoredMail mail = mail(spool, demanding);
            Parcel parcel = new Parcel(
                    mail,
                    OriginalHeader.of(mail),
                    List.of(new Destination.Stop(0, new Route.Remote(new Domain("remote.example")))),
                    told::put);
            Trip trip = new Trip(parcel, onlyThese);
            for (Ask host : hosts) {
                host.of(trip);
            }
            Optional<Contact> contact = trip.end(parcel);
            return contact.map(each -> switch (each) {
                        case Contact.Nothing(Parcel _, Destination.Outcome outcome) -> outcome;
                        case Contact.Unreachable _ -> new Destination.Outcome.Busy(Instant.MAX);
                        case Contact.Talked() -> throw new AssertionError("a trip says so by nothing");
                    })
                    .orElseGet(() -> Objects.requireNonNull(told.get(0)));
        }
    }

    private interface Ask {
        void of(Trip trip) throws Exception;
    }

    private static Ask says(Trip.Said said) {
        return trip -> trip.answered(List.of(said));
    }

    private static StoredMail mail(SpoolStore spool, boolean demanding) throws Exception {
        return SpooledMail.of(
                spool,
                Mails.envelope("alice@example.org", "x@remote.example"),
                new MailParameters(
                        MailParameters.BodyType.SEVEN_BIT, false, demanding, Optional.empty(), Optional.empty()),
                Instant.now());
    }

    @Test
    void mailThatDemandsTls_isReturned_whereEachHostCertainlyDoesNotDoIt() throws Exception {
        assertThat(end(true, true, trip -> trip.unmet("no TLS")))
                .isEqualTo(new Destination.Outcome.Failed("no TLS", Diagnosis.local("5.7.10")));
        assertThat(end(true, true, trip -> trip.unmet("no TLS"), says(LACKS))).isEqualTo(LACKS.outcome());
        assertThat(end(true, true, says(LACKS), says(LACKS), says(LACKS))).isEqualTo(LACKS.outcome());
    }

    @Test
    void mailThatDemandsTls_isTriedAgain_whereAHostIsUnknown() throws Exception {
        for (Ask unknown : List.<Ask>of(trip -> trip.unusable("no route"), trip -> trip.broken("gone"), says(LATER))) {
            assertThat(end(true, true, says(LACKS), unknown)).isInstanceOf(Destination.Outcome.Deferred.class);
            assertThat(end(true, true, unknown, says(LACKS))).isInstanceOf(Destination.Outcome.Deferred.class);
            assertThat(end(true, true, unknown, trip -> trip.unmet("no TLS")))
                    .isInstanceOf(Destination.Outcome.Deferred.class);
        }
        assertThat(end(false, true, says(LACKS))).isInstanceOf(Destination.Outcome.Deferred.class);
        assertThat(end(false, true, trip -> trip.unmet("no TLS"))).isInstanceOf(Destination.Outcome.Deferred.class);
    }

    @Test
    void mailThatDemandsTls_isTakenByTheHostThatDoesIt() throws Exception {
        assertThat(end(true, true, trip -> trip.unmet("no TLS"), says(LACKS), says(LACKS), says(TAKEN)))
                .isEqualTo(TAKEN.outcome());
    }

    @Test
    void site_isBlamedForAFailureOfOrdinaryMail_notForOneThatDemandsTls() throws Exception {
        assertThat(end(true, false, trip -> trip.unmet("no TLS"))).isInstanceOf(Destination.Outcome.Busy.class);
        assertThat(end(true, false, trip -> trip.unusable("no route"))).isInstanceOf(Destination.Outcome.Busy.class);
        assertThat(end(true, true, trip -> trip.unusable("no route"))).isInstanceOf(Destination.Outcome.Deferred.class);
    }
}
