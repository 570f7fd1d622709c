// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.mail.Domain;
import org.postern.delivery.FakeDirectory;
import org.postern.delivery.Mails;
import org.postern.delivery.dsn.DsnConfig;
import org.postern.delivery.dsn.Notifier;
import org.postern.delivery.handoff.LocalMailStore;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.signing.OwnSigningConfig;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.FileSpool;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolConfig;
import org.postern.delivery.spool.SpoolStore;

/// What becomes of deliveries when the thread that begins them comes upon something nobody thought of.
class DeliveryServiceTest {
    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final InstantSource clock = InstantSource.system();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /// The spool, whose `claim` fails as often as there are failures.
    private SpoolStore failing(SpoolStore spool) {
        return (SpoolStore) Proxy.newProxyInstance(
                SpoolStore.class.getClassLoader(), new Class<?>[] {SpoolStore.class}, (_, method, arguments) -> {
                    Throwable failure = method.getName().equals("claim") ? failures.poll() : null;
                    if (failure != null) {
                        throw failure;
                    }
                    try {
                        return method.invoke(spool, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private DeliveryService service(SpoolStore spool) {
        Destinations everywhere = new Destinations() {
            @Override
            public Way way(Route route) {
                return new Way(
                        "everywhere",
                        (mail, stops, redo, outcomes) -> {
                            for (Destination.Stop stop : stops) {
                                outcomes.of(stop.recipient(), new Destination.Outcome.Delivered("there"));
                            }
                        },
                        true);
            }

            @Override
            public void hangUp() {}
        };
        DerivedMails derived = new DerivedMails(spool, "store1", clock);
        return new DeliveryService(
                failing(spool),
                new Routing(new FakeDirectory(), Duration.ofSeconds(5)),
                everywhere,
                new Notifier(
                        DsnConfig.defaults(),
                        new Domain("store.example.org"),
                        derived,
                        new OwnMailSigner(OwnSigningConfig.defaults()),
                        clock,
                        meters),
                DeliveryConfig.defaults(),
                clock,
                meters);
    }

    private void keep(SpoolStore spool) {
        assertThat(new LocalMailStore(spool, new Intake(spool, 4, meters), clock)
                        .handOver(Mails.handoff("hello", "alice@example.org"), Mails.soon()))
                .isInstanceOf(HandoffResult.Accepted.class);
    }

    @Test
    void dispatcher_thatFails_saysSo_andGoesOn() {
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder.resolve("spool")), clock)) {
            keep(spool);
            for (int i = 0; i < 100; i++) {
                failures.add(new IllegalStateException("broken"));
            }
            try (DeliveryService service = service(spool)) {
                Mails.eventually(() -> service.trouble().contains("broken"));
                assertThat(spool.stats().mails()).isEqualTo(1);
                failures.clear();
                Mails.eventually(() -> spool.stats().mails() == 0);
                Mails.eventually(() -> service.trouble().isEmpty());
            }
        }
    }

    @Test
    void dispatcher_thatEnded_isTrouble() {
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder.resolve("spool")), clock)) {
            failures.add(new StackOverflowError("as an Error that nobody can go on after"));
            try (DeliveryService service = service(spool)) {
                Mails.eventually(() -> service.trouble().contains("restart the store"));
            }
        }
    }
}
