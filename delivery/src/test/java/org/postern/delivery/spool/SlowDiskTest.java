// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.delivery.MailStores;
import org.postern.delivery.Mails;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.HandoffServer;
import org.postern.delivery.handoff.HandoffServerConfig;
import org.postern.delivery.handoff.LocalMailStore;

/// A disk whose syncs take long, by a clock of the test's own, or do not come back.
@Timeout(60)
class SlowDiskTest {
    private static final int PLACES = 4;

    @TempDir
    private Path temp;

    private final AtomicLong nanos = new AtomicLong();
    private final FaultyDisk disk = new FaultyDisk();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @SuppressWarnings("NullAway.Init") // before each test
    private FileSpool spool;

    @SuppressWarnings("NullAway.Init") // before each test
    private Intake intake;

    @BeforeEach
    void open() {
        spool = FileSpool.open(new FileSpools(temp).config(ByteSize.ofMiB(1)), InstantSource.system(), disk);
        intake = new Intake(spool, PLACES, meters, nanos::get);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private interface Release extends AutoCloseable {
        @Override
        void close();
    }

    private void accept(int number) {
        byte[] octets = SpoolFixture.octets(100 + number);
        Submission submission = SpoolFixture.submission(Mails.newId(), octets);
        assertThat(intake.<RuntimeException>take(
                        submission, Mails.soon(), "test", put -> put.write(octets, 0, octets.length)))
                .isEqualTo(new SpoolStore.Commit.Accepted(false, submission.id()));
    }

    @Test
    void slowDisk_isTold_andForgottenWhenItIsFastAgain() {
        assertThat(intake.slowness()).isZero();
        disk.beforeSyncs(() -> nanos.addAndGet(Duration.ofMillis(600).toNanos()));
        accept(0);
        assertThat(intake.slowness()).as("1.2 s a commit").isEqualTo(2);
        disk.beforeSyncs(() -> {});
        for (int i = 1; i < 30; i++) {
            accept(i);
        }
        assertThat(intake.slowness()).isZero();
    }

    @Test
    void diskThatHangs_costsAFrontItsDeadlineOnly_isToldOn_andKeepsEachMailOnceWhenItComesBack() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        disk.beforeSyncs(() -> {
            reached.countDown();
            try {
                hang.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        HandoffServerConfig config = HandoffServerConfig.on(new HostAndPort("127.0.0.1", 0));
        try (HandoffServer server = HandoffServer.start(config, "store1", spool, intake, InstantSource.system());
                MailStore front = MailStores.connect(
                        HandoffClientConfig.to(
                                HandoffClientConfig.Protocol.POSTERN,
                                new HostAndPort(
                                        "127.0.0.1",
                                        server.addresses().getFirst().getPort())),
                        "mx1",
                        meters);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                // Closed first: whatever fails, nothing waits for the disk for ever.
                Release _ = hang::countDown) {
            Future<HandoffResult> patient =
                    threads.submit(() -> front.handOver(Mails.handoff("patient", "alice@example.org"), Mails.soon()));
            reached.await();
            int mails = 2 * PLACES;
            List<Future<HandoffResult>> results = new ArrayList<>();
            for (int i = 0; i < mails; i++) {
                String text = "mail " + i;
                results.add(threads.submit(() -> front.handOver(
                        Mails.handoff(text, "alice@example.org"), Deadline.in(Duration.ofMillis(1500)))));
            }
            for (Future<HandoffResult> result : results) {
                // The disk is still away: whoever waited for it would wait for ever.
                assertThat(result.get())
                        .isInstanceOfAny(HandoffResult.Indeterminate.class, HandoffResult.Refused.class);
            }
            assertThat(spool.stats().mails()).isZero();
            assertThat(intake.slowness()).isZero();
            nanos.addAndGet(Duration.ofSeconds(4).toNanos());
            assertThat(intake.slowness()).as("4 s without an end").isEqualTo(4);

            disk.beforeSyncs(() -> {});
            hang.countDown();
            assertThat(patient.get()).isInstanceOf(HandoffResult.Accepted.class);
            // The senders come back, with other ids.
            for (int i = 0; i < mails; i++) {
                assertThat(front.handOver(Mails.handoff("mail " + i, "alice@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
            eventually(() -> spool.stats().mails() == mails + 1);
        }
    }

    @Test
    void proof_neverWaitsForTheDisk_andCountsBeforeTheNextMail() throws Exception {
        AtomicLong millis = new AtomicLong(System.currentTimeMillis());
        FaultyDisk hanging = new FaultyDisk();
        try (FileSpool slow = FileSpool.open(
                new FileSpools(temp.resolve("other")).config(ByteSize.ofMiB(1)),
                () -> Instant.ofEpochMilli(millis.get()),
                hanging)) {
            LocalMailStore local = new LocalMailStore(
                    slow, new Intake(slow, PLACES, meters), () -> Instant.ofEpochMilli(millis.get()));
            Handoff first = Mails.handoff("the same text", "alice@example.org");
            assertThat(local.handOver(first, Mails.soon())).isInstanceOf(HandoffResult.Accepted.class);
            // The next record begins a file, whose folder is synced.
            millis.addAndGet(Duration.ofHours(1).toMillis());
            CountDownLatch hang = new CountDownLatch(1);
            CountDownLatch reached = new CountDownLatch(1);
            hanging.beforeSyncs(() -> {
                reached.countDown();
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            local.proven(first.id());
            reached.await();
            assertThat(local.handOver(
                            Mails.handoff("the same text", "alice@example.org"), Deadline.in(Duration.ofMillis(200))))
                    .as("it cannot be known whether it is a second copy")
                    .isInstanceOf(HandoffResult.Refused.class);
            hanging.beforeSyncs(() -> {});
            hang.countDown();

            Handoff second = Mails.handoff("the same text", "alice@example.org");
            assertThat(local.handOver(second, Mails.soon()))
                    .isEqualTo(new HandoffResult.Accepted(second.id().toString(), false));
        }
    }
}
