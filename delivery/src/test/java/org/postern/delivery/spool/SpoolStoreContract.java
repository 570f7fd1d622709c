// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.delivery.Mails;

/// What every engine behind [SpoolStore] must do when it takes mail in.
abstract class SpoolStoreContract extends SpoolFixture {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 65535, 65536, 65537, MESSAGE_MAX})
    void mail_ofAnySizeUpToTheLimit_isKeptBitForBitOverARestart(int size) throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(size))).isEqualTo(accepted(false, id));
        reopen();
        SpoolStore.Lease lease = claimOne();
        assertThat(lease.id()).isEqualTo(id);
        StoredMail mail = spool().open(lease);
        assertThat(body(mail)).isEqualTo(octets(size));
        assertThat(mail.bodyLength()).isEqualTo(size);
    }

    @Test
    void mail_overTheLimit_isRefusedForGoodAndLeavesNothing() {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(MESSAGE_MAX + 1)))
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Refused.class,
                        r -> assertThat(r.permanent()).isTrue());
        assertThat(spool().status(id)).isEqualTo(SpoolStore.Status.UNKNOWN);
        assertThat(spool().stats().mails()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    void envelope_withManyRecipients_isKeptInOrder(int count) throws IOException {
        String[] recipients = IntStream.range(0, count)
                .mapToObj(i -> "user" + i + "@example.org")
                .toArray(String[]::new);
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(10), recipients)).isEqualTo(accepted(false, id));
        reopen();
        assertThat(spool().open(claimOne()).envelope()).isEqualTo(Mails.to(recipients));
    }

    @Test
    void sameId_handedOverAgain_isADuplicateBeforeDuringAndAfterDelivery() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(100))).isEqualTo(accepted(false, id));
        assertThat(put(id, octets(100))).isEqualTo(accepted(true, id));
        SpoolStore.Lease lease = claimOne();
        assertThat(put(id, octets(100))).isEqualTo(accepted(true, id));
        finish(lease);
        assertThat(put(id, octets(100))).isEqualTo(accepted(true, id));
        reopen();
        assertThat(put(id, octets(100))).isEqualTo(accepted(true, id));
        assertThat(spool().stats().mails()).isZero();
        assertThat(spool().status(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
    }

    @Test
    void sameId_handedOverByManyAtOnce_isOneMail() throws Exception {
        HandoffId id = Mails.newId();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SpoolStore.Commit>> results = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                results.add(threads.submit(() -> put(id, octets(5000))));
            }
            int fresh = 0;
            for (Future<SpoolStore.Commit> result : results) {
                fresh += result.get().equals(accepted(false, id)) ? 1 : 0;
            }
            assertThat(fresh).isEqualTo(1);
        }
        assertThat(spool().stats().mails()).isEqualTo(1);
    }

    @Test
    void sameId_withOtherOctets_isRefusedForGoodAndTheFirstIsKept() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(100))).isEqualTo(accepted(false, id));
        assertThat(put(id, octets(101)))
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Refused.class,
                        r -> assertThat(r.permanent()).isTrue());
        assertThat(body(spool().open(claimOne()))).isEqualTo(octets(100));
    }

    @Test
    void sameMail_underAnotherId_whileTheFirstIsUnproven_isADuplicateOfIt() throws IOException {
        HandoffId first = Mails.newId();
        HandoffId second = Mails.newId();
        assertThat(put(first, octets(100))).isEqualTo(accepted(false, first));
        assertThat(put(second, octets(100))).isEqualTo(accepted(true, first));
        finish(claimOne());
        assertThat(put(second, octets(100))).isEqualTo(accepted(true, first));
        reopen();
        assertThat(put(Mails.newId(), octets(100))).isEqualTo(accepted(true, first));
    }

    @Test
    void sameMail_underAnotherId_onceTheFirstIsProven_isKept() {
        HandoffId first = Mails.newId();
        HandoffId second = Mails.newId();
        assertThat(put(first, octets(100))).isEqualTo(accepted(false, first));
        spool().proven(List.of(first));
        reopen();
        assertThat(put(second, octets(100))).isEqualTo(accepted(false, second));
        assertThat(spool().stats().mails()).isEqualTo(2);
    }

    @Test
    void sameMail_sentByManyAtOnce_isOneMail() throws Exception {
        Set<HandoffId> kept = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SpoolStore.Commit>> results = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                results.add(threads.submit(() -> put(Mails.newId(), octets(3000))));
            }
            for (Future<SpoolStore.Commit> result : results) {
                kept.add(((SpoolStore.Commit.Accepted) result.get()).mail());
            }
        }
        assertThat(kept).hasSize(1);
        assertThat(spool().stats().mails()).isEqualTo(1);
    }

    @Test
    void sameMail_notProvable_isKeptEachTime() {
        for (int i = 0; i < 3; i++) {
            Submission s = submission(Mails.newId(), octets(100));
            Submission plain = new Submission(
                    s.id(), s.dedupKey(), s.envelope(), s.disposition(), s.bodyLength(), false, s.received());
            assertThat(put(plain, octets(100))).isEqualTo(accepted(false, s.id()));
        }
        assertThat(spool().stats().mails()).isEqualTo(3);
    }

    @Test
    void mail_closedBeforeItsEnd_leavesNothing() {
        Submission submission = submission(Mails.newId(), octets(100));
        SpoolStore.Begin begun = spool().begin(submission, Mails.soon());
        try (SpoolStore.Put put = ((SpoolStore.Begin.Open) begun).put()) {
            put.write(octets(100), 0, 50);
            assertThat(spool().status(submission.id())).isEqualTo(SpoolStore.Status.IN_PROGRESS);
        }
        assertThat(spool().status(submission.id())).isEqualTo(SpoolStore.Status.UNKNOWN);
        reopen();
        assertThat(spool().stats()).isEqualTo(new SpoolStore.Stats(0, 0, 0, 0, true));
        assertThat(put(submission, octets(100))).isEqualTo(accepted(false, submission.id()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void mail_ofAnotherLengthThanDeclared_isRefusedAndLeavesNothing(int difference) {
        Submission submission = submission(Mails.newId(), octets(100));
        SpoolStore.Begin begun = spool().begin(submission, Mails.soon());
        try (SpoolStore.Put put = ((SpoolStore.Begin.Open) begun).put()) {
            put.write(octets(200), 0, 100 + difference);
            assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Refused.class);
        }
        assertThat(spool().status(submission.id())).isEqualTo(SpoolStore.Status.UNKNOWN);
    }

    @Test
    void begin_whileTheSameIdIsRunning_endsAtItsDeadline() {
        Submission submission = submission(Mails.newId(), octets(100));
        try (SpoolStore.Put _ = ((SpoolStore.Begin.Open) spool().begin(submission, Mails.soon())).put()) {
            assertThat(spool().begin(submission, Deadline.in(Duration.ofMillis(30))))
                    .isInstanceOf(SpoolStore.Begin.Refused.class);
        }
    }

    @Test
    void abort_ofAnUnknownId_isRememberedOverARestartAndRefusesTheMail() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(spool().abort(id)).isEqualTo(SpoolStore.Status.ABORTED);
        assertThat(put(id, octets(10)))
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Refused.class,
                        r -> assertThat(r.permanent()).isFalse());
        reopen();
        assertThat(spool().status(id)).isEqualTo(SpoolStore.Status.ABORTED);
        assertThat(put(id, octets(10))).isInstanceOf(SpoolStore.Commit.Refused.class);
    }

    @Test
    void abort_ofAnAcceptedMail_comesTooLate() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(10))).isEqualTo(accepted(false, id));
        assertThat(spool().abort(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
        finish(claimOne());
        assertThat(spool().abort(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
    }

    @Test
    void abort_ofARunningHandoff_asksToComeBack() throws IOException {
        Submission submission = submission(Mails.newId(), octets(100));
        try (SpoolStore.Put _ = ((SpoolStore.Begin.Open) spool().begin(submission, Mails.soon())).put()) {
            assertThat(spool().abort(submission.id())).isEqualTo(SpoolStore.Status.IN_PROGRESS);
        }
    }

    @Test
    void mail_handedOverByInterruptedThreads_isKeptAndHurtsNobody() throws Exception {
        List<HandoffId> ids =
                IntStream.range(0, 20).mapToObj(i -> Mails.newId()).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SpoolStore.Commit>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int n = i;
                results.add(threads.submit(() -> {
                    if (n % 2 == 0) {
                        Thread.currentThread().interrupt();
                    }
                    return put(ids.get(n), octets(2000 + n));
                }));
            }
            for (Future<SpoolStore.Commit> result : results) {
                assertThat(result.get()).isInstanceOf(SpoolStore.Commit.Accepted.class);
            }
        }
        assertThat(spool().health().ok()).isTrue();
        reopen();
        assertThat(spool().stats().mails()).isEqualTo(20);
    }

    @Test
    void closedSpool_refusesMail() {
        spool().close();
        assertThat(put(Mails.newId(), octets(1))).isInstanceOf(SpoolStore.Commit.Refused.class);
        assertThat(spool().health().ok()).isFalse();
    }
}
