// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;
import org.postern.smtpfront.Authentication;
import org.postern.smtpfront.LimitsConfig;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.SmtpFrontConfig;
import org.postern.smtpfront.TlsMode;

final class VisitTest {
    private static final InetAddress RELAY = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress CLIENT = InetAddress.ofLiteral("198.51.100.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("203.0.113.1");

    private final Admission admission = new Admission("test", config(), new SimpleMeterRegistry(), new FakeClock());

    /// Two sessions for one address.
    private static SmtpFrontConfig config() {
        SmtpFrontConfig usual = SmtpFrontConfig.of(
                List.of(ListenerConfig.of("127.0.0.1", 0, TlsMode.STARTTLS)), Authentication.OPTIONAL);
        return new SmtpFrontConfig(
                usual.listen(),
                usual.authentication(),
                usual.deadline(),
                usual.handoffReserve(),
                usual.bareLineEnds(),
                usual.binaryMime(),
                new LimitsConfig(100, 2, ByteSize.ofMiB(1), ByteSize.ofKiB(8), 10, 512, 5, 5, 5),
                usual.timeouts(),
                usual.tls(),
                usual.admission());
    }

    @AfterEach
    void close() {
        admission.close();
    }

    private Visit visit(InetAddress client) {
        return visit(admission.enter(client));
    }

    private static Visit visit(Entry entry) {
        return switch (entry) {
            case Entry.Admitted(Visit visit) -> visit;
            case Entry.TurnedAway(var reply) -> throw new AssertionError(reply);
        };
    }

    private boolean hasRoomFor(InetAddress client) {
        return switch (admission.enter(client)) {
            case Entry.Admitted(Visit visit) -> {
                visit.close();
                yield true;
            }
            case Entry.TurnedAway _ -> false;
        };
    }

    private int strangers() {
        return admission.counts().strangers();
    }

    @Test
    void a_login_that_ends_after_its_connection_is_counted_by_nobody() {
        try (Visit _ = visit(OTHER)) {
            Visit visit = visit(CLIENT);
            visit.close();
            visit.loggedIn();
            visit.close();
            assertThat(strangers()).isEqualTo(1);
        }
        assertThat(strangers()).isZero();
    }

    @Test
    void a_relay_may_connect_as_often_as_it_likes_and_takes_the_places_of_its_clients() {
        List<Visit> visits = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            visits.add(visit(admission.enterRelay(RELAY)));
        }
        assertThat(visits.get(0).speaksFor(CLIENT)).isEmpty();
        assertThat(visits.get(1).speaksFor(CLIENT)).isEmpty();
        assertThat(hasRoomFor(CLIENT)).isFalse();
        assertThat(visits.get(2).speaksFor(CLIENT).orElseThrow().toString()).startsWith("421 4.7.0 ");
        assertThat(visits.get(3).speaksFor(OTHER)).isEmpty();
        visits.forEach(Visit::close);
        assertThat(hasRoomFor(CLIENT)).isTrue();
        assertThat(strangers()).isZero();
    }

    @Test
    void the_place_of_the_client_before_is_given_back() {
        try (Visit visit = visit(admission.enterRelay(RELAY))) {
            for (int i = 0; i < 10; i++) {
                assertThat(visit.speaksFor(CLIENT)).isEmpty();
                assertThat(visit.speaksFor(OTHER)).isEmpty();
            }
            assertThat(strangers()).isEqualTo(1);
            try (Visit _ = visit(CLIENT);
                    Visit _ = visit(CLIENT)) {
                assertThat(strangers()).isEqualTo(3);
            }
        }
        assertThat(strangers()).isZero();
    }

    @Test
    void a_relay_is_spared_and_its_clients_are_not() {
        try (Visit visit = visit(admission.enterRelay(RELAY))) {
            assertThat(visit.spared()).isTrue();
            assertThat(visit.speaksFor(CLIENT)).isEmpty();
            assertThat(visit.spared()).isFalse();
        }
    }

    @Test
    void who_speaks_for_the_next_one_is_a_stranger_again() {
        try (Visit visit = visit(admission.enterRelay(RELAY))) {
            assertThat(visit.speaksFor(CLIENT)).isEmpty();
            visit.loggedIn();
            assertThat(strangers()).isZero();
            assertThat(visit.speaksFor(CLIENT)).isEmpty();
            assertThat(strangers()).isEqualTo(1);
            visit.loggedIn();
            assertThat(visit.speaksFor(OTHER)).isEmpty();
            assertThat(strangers()).isEqualTo(1);
        }
        assertThat(strangers()).isZero();
    }

    @Test
    void nobody_enters_through_a_connection_that_is_closed() {
        Visit visit = visit(admission.enterRelay(RELAY));
        visit.close();
        assertThat(visit.speaksFor(CLIENT)).isEmpty();
        assertThat(strangers()).isZero();
    }
}
