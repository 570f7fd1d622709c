// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.delivery.Mails;

/// What every engine behind [SpoolStore] must do. An engine's test extends this and opens it.
abstract class SpoolStoreContract {
    /// What the engine under test is opened with.
    static final int MESSAGE_MAX = 256 * 1024;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private SpoolStore spool;

    /// Opens the engine; after a close, with what was in it.
    abstract SpoolStore open();

    @BeforeEach
    void openSpool() {
        spool = open();
    }

    @AfterEach
    void closeSpool() {
        spool.close();
    }

    SpoolStore spool() {
        return spool;
    }

    void reopen() {
        spool.close();
        spool = open();
        Mails.eventually(() -> spool.stats().scanned());
    }

    static Submission submission(HandoffId id, byte[] octets, String... recipients) {
        Envelope envelope = Mails.to(recipients.length == 0 ? new String[] {"alice@example.org"} : recipients);
        return new Submission(
                id,
                DedupKey.of(envelope, Mails.sha256(octets)),
                envelope,
                Disposition.DELIVER,
                octets.length,
                true,
                Instant.now());
    }

    SpoolStore.Commit put(Submission submission, byte[] octets) {
        return switch (spool.begin(submission, Mails.soon())) {
            case SpoolStore.Begin.Refused(boolean permanent, String detail) ->
                new SpoolStore.Commit.Refused(permanent, detail);
            case SpoolStore.Begin.Open(SpoolStore.Put put) -> {
                try (put) {
                    int half = octets.length / 2;
                    put.write(octets, 0, half);
                    put.write(octets, half, octets.length - half);
                    yield put.commit();
                }
            }
        };
    }

    SpoolStore.Commit put(HandoffId id, byte[] octets, String... recipients) {
        return put(submission(id, octets, recipients), octets);
    }

    static byte[] octets(int length) {
        byte[] octets = new byte[length];
        new Random(length).nextBytes(octets);
        return octets;
    }

    SpoolStore.Lease claimOne() {
        try {
            List<SpoolStore.Lease> leases = spool.claim(1, Duration.ofSeconds(20));
            assertThat(leases).hasSize(1);
            return leases.getFirst();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    List<SpoolStore.Lease> claimNow(int max) {
        try {
            return spool.claim(max, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void finish(SpoolStore.Lease lease) throws IOException {
        StoredMail mail = spool.open(lease);
        for (int i = 0; i < mail.recipients().size(); i++) {
            if (mail.recipients().get(i) == RecipientState.PENDING) {
                spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(i, true, "there")));
            }
        }
        spool.giveBack(lease, mail, Instant.now(), "");
    }

    static byte[] body(StoredMail mail) throws IOException {
        try (InputStream in = mail.body()) {
            return in.readAllBytes();
        }
    }

    private static SpoolStore.Commit.Accepted accepted(boolean duplicate, HandoffId id) {
        return new SpoolStore.Commit.Accepted(duplicate, id);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 65535, 65536, 65537, MESSAGE_MAX})
    void mail_ofAnySizeUpToTheLimit_isKeptBitForBitOverARestart(int size) throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(size))).isEqualTo(accepted(false, id));
        reopen();
        SpoolStore.Lease lease = claimOne();
        assertThat(lease.id()).isEqualTo(id);
        StoredMail mail = spool.open(lease);
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
        assertThat(spool.status(id)).isEqualTo(SpoolStore.Status.UNKNOWN);
        assertThat(spool.stats().mails()).isZero();
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
        assertThat(spool.open(claimOne()).envelope()).isEqualTo(Mails.to(recipients));
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
        assertThat(spool.stats().mails()).isZero();
        assertThat(spool.status(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
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
        assertThat(spool.stats().mails()).isEqualTo(1);
    }

    @Test
    void sameId_withOtherOctets_isRefusedForGoodAndTheFirstIsKept() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(100))).isEqualTo(accepted(false, id));
        assertThat(put(id, octets(101)))
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Refused.class,
                        r -> assertThat(r.permanent()).isTrue());
        assertThat(body(spool.open(claimOne()))).isEqualTo(octets(100));
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
        spool.proven(List.of(first));
        reopen();
        assertThat(put(second, octets(100))).isEqualTo(accepted(false, second));
        assertThat(spool.stats().mails()).isEqualTo(2);
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
        assertThat(spool.stats().mails()).isEqualTo(1);
    }

    @Test
    void sameMail_notProvable_isKeptEachTime() {
        for (int i = 0; i < 3; i++) {
            Submission s = submission(Mails.newId(), octets(100));
            Submission plain = new Submission(
                    s.id(), s.dedupKey(), s.envelope(), s.disposition(), s.bodyLength(), false, s.received());
            assertThat(put(plain, octets(100))).isEqualTo(accepted(false, s.id()));
        }
        assertThat(spool.stats().mails()).isEqualTo(3);
    }

    @Test
    void mail_closedBeforeItsEnd_leavesNothing() {
        Submission submission = submission(Mails.newId(), octets(100));
        SpoolStore.Begin begun = spool.begin(submission, Mails.soon());
        try (SpoolStore.Put put = ((SpoolStore.Begin.Open) begun).put()) {
            put.write(octets(100), 0, 50);
            assertThat(spool.status(submission.id())).isEqualTo(SpoolStore.Status.IN_PROGRESS);
        }
        assertThat(spool.status(submission.id())).isEqualTo(SpoolStore.Status.UNKNOWN);
        reopen();
        assertThat(spool.stats()).isEqualTo(new SpoolStore.Stats(0, 0, 0, 0, true));
        assertThat(put(submission, octets(100))).isEqualTo(accepted(false, submission.id()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void mail_ofAnotherLengthThanDeclared_isRefusedAndLeavesNothing(int difference) {
        Submission submission = submission(Mails.newId(), octets(100));
        SpoolStore.Begin begun = spool.begin(submission, Mails.soon());
        try (SpoolStore.Put put = ((SpoolStore.Begin.Open) begun).put()) {
            put.write(octets(200), 0, 100 + difference);
            assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Refused.class);
        }
        assertThat(spool.status(submission.id())).isEqualTo(SpoolStore.Status.UNKNOWN);
    }

    @Test
    void begin_whileTheSameIdIsRunning_endsAtItsDeadline() {
        Submission submission = submission(Mails.newId(), octets(100));
        try (SpoolStore.Put _ = ((SpoolStore.Begin.Open) spool.begin(submission, Mails.soon())).put()) {
            assertThat(spool.begin(submission, Deadline.in(Duration.ofMillis(30))))
                    .isInstanceOf(SpoolStore.Begin.Refused.class);
        }
    }

    @Test
    void abort_ofAnUnknownId_isRememberedOverARestartAndRefusesTheMail() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(spool.abort(id)).isEqualTo(SpoolStore.Status.ABORTED);
        assertThat(put(id, octets(10)))
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Refused.class,
                        r -> assertThat(r.permanent()).isFalse());
        reopen();
        assertThat(spool.status(id)).isEqualTo(SpoolStore.Status.ABORTED);
        assertThat(put(id, octets(10))).isInstanceOf(SpoolStore.Commit.Refused.class);
    }

    @Test
    void abort_ofAnAcceptedMail_comesTooLate() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(10))).isEqualTo(accepted(false, id));
        assertThat(spool.abort(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
        finish(claimOne());
        assertThat(spool.abort(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
    }

    @Test
    void abort_ofARunningHandoff_asksToComeBack() throws IOException {
        Submission submission = submission(Mails.newId(), octets(100));
        try (SpoolStore.Put _ = ((SpoolStore.Begin.Open) spool.begin(submission, Mails.soon())).put()) {
            assertThat(spool.abort(submission.id())).isEqualTo(SpoolStore.Status.IN_PROGRESS);
        }
    }

    @Test
    void claim_byManyThreads_givesEachMailToOne() throws Exception {
        for (int i = 0; i < 200; i++) {
            HandoffId id = Mails.newId();
            assertThat(put(id, octets(i + 1))).isEqualTo(accepted(false, id));
        }
        ConcurrentLinkedQueue<HandoffId> claimed = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                List<SpoolStore.Lease> some = claimNow(3);
                while (!some.isEmpty()) {
                    some.forEach(lease -> claimed.add(lease.id()));
                    some = claimNow(3);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(claimed).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void claim_ofADeferredMail_waitsUntilItIsDueAlsoOverARestart() throws IOException {
        HandoffId later = Mails.newId();
        assertThat(put(later, octets(1))).isEqualTo(accepted(false, later));
        SpoolStore.Lease lease = claimOne();
        spool.giveBack(lease, spool.open(lease), Instant.now().plus(Duration.ofHours(1)), "not now");
        HandoffId now = Mails.newId();
        assertThat(put(now, octets(2))).isEqualTo(accepted(false, now));
        assertThat(claimOne().id()).isEqualTo(now);
        assertThat(claimNow(10)).isEmpty();
        reopen();
        assertThat(claimNow(10)).extracting(SpoolStore.Lease::id).containsExactly(now);
    }

    @Test
    void outcome_ofOneRecipient_isKeptOverARestart() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1), "a@example.org", "b@example.org", "c@example.org"))
                .isEqualTo(accepted(false, id));
        SpoolStore.Lease lease = claimOne();
        assertThat(lease.fresh()).isTrue();
        StoredMail mail = spool.open(lease);
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(1, true, "there")));
        reopen();
        SpoolStore.Lease again = claimOne();
        assertThat(again.fresh()).isFalse();
        assertThat(spool.open(again).recipients())
                .containsExactly(RecipientState.PENDING, RecipientState.DONE, RecipientState.PENDING);
    }

    @Test
    void attempts_areCountedOverARestart() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1))).isEqualTo(accepted(false, id));
        for (int i = 0; i < 3; i++) {
            SpoolStore.Lease lease = claimOne();
            StoredMail mail = spool.open(lease);
            assertThat(mail.attempts()).isEqualTo(i);
            spool.giveBack(lease, mail, Instant.now(), "busy \u00fc");
        }
        reopen();
        assertThat(spool.open(claimOne()).attempts()).isEqualTo(3);
    }

    @Test
    void lease_thatWasGivenBack_countsNoMore() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1))).isEqualTo(accepted(false, id));
        SpoolStore.Lease old = claimOne();
        StoredMail mail = spool.open(old);
        spool.giveBack(old, mail, Instant.now(), "");
        SpoolStore.Lease fresh = claimOne();
        assertThatThrownBy(() -> spool.open(old)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> spool.recipientOutcome(old, mail, List.of(new RecipientOutcome(0, true, "there"))))
                .isInstanceOf(IllegalStateException.class);
        finish(fresh);
        assertThat(spool.stats().mails()).isZero();
    }

    @Test
    void mail_whoseRecipientsFailed_isSetAsideAndNeverDeliveredAgain() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1), "a@example.org", "b@example.org")).isEqualTo(accepted(false, id));
        SpoolStore.Lease lease = claimOne();
        StoredMail mail = spool.open(lease);
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "there")));
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(1, false, "gone")));
        spool.giveBack(lease, mail, Instant.now(), "");
        assertThat(spool.stats().failed()).isEqualTo(1);
        reopen();
        assertThat(spool.stats()).isEqualTo(new SpoolStore.Stats(0, 0, 0, 1, true));
        assertThat(put(id, octets(1), "a@example.org", "b@example.org")).isEqualTo(accepted(true, id));
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
        assertThat(spool.health().ok()).isTrue();
        reopen();
        assertThat(spool.stats().mails()).isEqualTo(20);
    }

    @Test
    void closedSpool_refusesMail() {
        spool.close();
        assertThat(put(Mails.newId(), octets(1))).isInstanceOf(SpoolStore.Commit.Refused.class);
        assertThat(spool.health().ok()).isFalse();
    }
}
