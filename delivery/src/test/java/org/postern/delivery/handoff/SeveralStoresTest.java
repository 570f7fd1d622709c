// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.FakeDirectory;
import org.postern.delivery.MailStores;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;

/// Two stores, one called localhost and one 127.0.0.1: alice lives on the first, bob on the second, the others
/// anywhere.
class SeveralStoresTest {
    private static final String TEXT = "A: b\r\n\r\nhello\r\n";

    @TempDir
    private Path folder;

    private final FakeDirectory directory = new FakeDirectory();

    @SuppressWarnings("NullAway.Init") // before each test
    private RunningStore one;

    @SuppressWarnings("NullAway.Init") // before each test
    private RunningStore two;

    @BeforeEach
    void start() {
        one = new RunningStore(folder.resolve("one"));
        two = new RunningStore(folder.resolve("two"));
        directory.lives("alice", "localhost");
        directory.lives("bob", "127.0.0.1");
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private MailStore front(HostAndPort second) {
        return MailStores.connect(
                HandoffClientConfig.to(
                        HandoffClientConfig.Protocol.POSTERN,
                        new HostAndPort("localhost", one.handoff().port()),
                        second),
                "mx1",
                directory,
                DnsResolver.unavailable(),
                new SimpleMeterRegistry());
    }

    private MailStore front() {
        return front(two.handoff());
    }

    private void drain() {
        one.drain();
        two.drain();
    }

    private int copies(RunningStore store, String user) {
        return Mails.in(store.mail(), user).size();
    }

    @Test
    void mail_goesWhereItsRecipientLives() {
        try (MailStore front = front()) {
            for (int i = 0; i < 10; i++) {
                assertThat(front.handOver(Mails.handoff(TEXT + i, "alice@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
                assertThat(front.handOver(Mails.handoff(TEXT + i, "bob@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
        }
        drain();
        assertThat(List.of(copies(one, "alice"), copies(two, "bob"))).containsExactly(10, 10);
        assertThat(List.of(copies(two, "alice"), copies(one, "bob"))).containsExactly(0, 0);
    }

    @Test
    void mailForTwoStores_isAcceptedByBoth_eachWithItsRecipients_andWhoeverLivesAnywhereGetsOne() {
        try (MailStore front = front()) {
            Handoff mail = Mails.handoff(TEXT, "alice@example.org", "carol@example.org", "bob@example.org");
            assertThat(front.handOver(mail, Mails.soon())).isInstanceOf(HandoffResult.Accepted.class);
            // The same id again, as after a lost answer.
            assertThat(front.handOver(mail, Mails.soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Accepted.class,
                            a -> assertThat(a.duplicate()).isTrue());
        }
        drain();
        assertThat(List.of(copies(one, "alice"), copies(two, "bob"))).containsExactly(1, 1);
        assertThat(copies(one, "carol") + copies(two, "carol")).isEqualTo(1);
        assertThat(List.of(copies(two, "alice"), copies(one, "bob"))).containsExactly(0, 0);
    }

    @Test
    void mailForTwoStores_ofWhichOneIsDown_isDeferred_andTheRetryMakesNoSecondCopy() {
        HostAndPort second = two.handoff();
        two.close();
        try (MailStore front = front(second)) {
            assertThat(front.handOver(Mails.handoff(TEXT, "alice@example.org", "bob@example.org"), Mails.soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isFalse());
        }
        two = new RunningStore(folder.resolve("two"));
        HandoffId again = Mails.newId();
        try (MailStore front = front()) {
            // The sender comes back: another transaction, the same mail.
            assertThat(front.handOver(Mails.handoff(again, TEXT, "alice@example.org", "bob@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
            drain();
            assertThat(List.of(copies(one, "alice"), copies(two, "bob"))).containsExactly(1, 1);
            front.proven(again);
            Mails.eventually(
                    () -> front.handOver(Mails.handoff(TEXT, "alice@example.org", "bob@example.org"), Mails.soon())
                                    instanceof HandoffResult.Accepted(String id, boolean duplicate)
                            && !duplicate);
        }
        drain();
        assertThat(copies(one, "alice"))
                .as("what is sent again on purpose is kept")
                .isGreaterThan(1);
        assertThat(copies(two, "bob")).isEqualTo(copies(one, "alice"));
    }

    @Test
    void mailForTwoStores_whoseSecondAnswerIsCutOff_isSettledBySameIds_withoutASecondCopy() throws IOException {
        for (int cut = 20; cut < 80; cut += 6) {
            String text = TEXT + cut;
            try (CuttingProxy proxy = new CuttingProxy(two.handoff(), Long.MAX_VALUE, cut, 3);
                    MailStore front = front(proxy.address())) {
                HandoffResult first = front.handOver(
                        Mails.handoff(text, "alice@example.org", "bob@example.org"),
                        Deadline.in(Duration.ofSeconds(3)));
                for (int tries = 0; !(first instanceof HandoffResult.Accepted); tries++) {
                    assertThat(tries).as("cut after %d", cut).isLessThan(6);
                    first = front.handOver(Mails.handoff(text, "alice@example.org", "bob@example.org"), Mails.soon());
                }
            }
        }
        drain();
        assertThat(List.of(copies(one, "alice"), copies(two, "bob"))).containsExactly(10, 10);
    }

    @Test
    void sameIdToTwoStoresAtOnce_whenTheFirstIsReached_goesToItAlone() throws Exception {
        // N3: the front never gives one id to two stores once something was sent, however often it is retried at once.
        Handoff mail = Mails.handoff(TEXT, "carol@example.org");
        try (MailStore front = front();
                var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            List<java.util.concurrent.Future<HandoffResult>> results = new java.util.ArrayList<>();
            for (int i = 0; i < 16; i++) {
                results.add(threads.submit(() -> front.handOver(mail, Mails.soon())));
            }
            int fresh = 0;
            for (var result : results) {
                fresh += result.get() instanceof HandoffResult.Accepted(String id, boolean duplicate) && !duplicate
                        ? 1
                        : 0;
            }
            assertThat(fresh).isEqualTo(1);
        }
        drain();
        assertThat(copies(one, "carol") + copies(two, "carol")).isEqualTo(1);
    }

    @Test
    void directoryThatIsDown_andAHostThatIsNoStore_areTemporary() {
        directory.lives("dora", "gone.example.org");
        try (MailStore front = front()) {
            assertThat(front.handOver(Mails.handoff(TEXT, "dora@example.org"), Mails.soon()))
                    .isInstanceOfSatisfying(HandoffResult.Refused.class, r -> {
                        assertThat(r.permanent()).isFalse();
                        assertThat(r.detail()).contains("gone.example.org");
                    });
            directory.down(true);
            assertThat(front.handOver(Mails.handoff(TEXT, "alice@example.org"), Mails.soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isFalse());
        }
    }

    @Test
    void places_areThoseTheStoreTells_andAFullStoreIsSeen() throws Exception {
        PeerPlaces places = new PeerPlaces(8);
        places.told(2);
        assertThat(places.take(Mails.soon())).isTrue();
        assertThat(places.take(Mails.soon())).isTrue();
        assertThat(places.take(Deadline.in(Duration.ofMillis(20)))).isFalse();
        assertThat(places.full()).isFalse();
        Thread[] waiting = new Thread[2];
        for (int i = 0; i < 2; i++) {
            waiting[i] = Thread.ofVirtual().start(() -> {
                try {
                    assertThat(places.take(Mails.soon())).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        Mails.eventually(places::full);
        places.told(0);
        for (Thread each : waiting) {
            each.join();
        }
        assertThat(places.full()).isFalse();
    }
}
