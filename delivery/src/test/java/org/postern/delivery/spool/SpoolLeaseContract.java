// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// What every engine must do about claims and what became of mails. Part of the contract of [SpoolStore].
abstract class SpoolLeaseContract extends SpoolStoreContract {
    /// Long enough for a loaded machine to renew the lease before its end.
    private static final Duration SHORT = Duration.ofSeconds(2);

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
        spool().giveBack(lease, spool().open(lease), Instant.now().plus(Duration.ofHours(1)), "not now");
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
        StoredMail mail = spool().open(lease);
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(1, true, "there")));
        reopen();
        SpoolStore.Lease again = claimOne();
        assertThat(again.fresh()).isFalse();
        assertThat(spool().open(again).recipients())
                .containsExactly(RecipientState.PENDING, RecipientState.DONE, RecipientState.PENDING);
    }

    @Test
    void attempts_areCountedOverARestart() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1))).isEqualTo(accepted(false, id));
        for (int i = 0; i < 3; i++) {
            SpoolStore.Lease lease = claimOne();
            StoredMail mail = spool().open(lease);
            assertThat(mail.attempts()).isEqualTo(i);
            spool().giveBack(lease, mail, Instant.now(), "busy \u00fc");
        }
        reopen();
        assertThat(spool().open(claimOne()).attempts()).isEqualTo(3);
    }

    @Test
    void lease_thatWasGivenBack_countsNoMore() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1))).isEqualTo(accepted(false, id));
        SpoolStore.Lease old = claimOne();
        StoredMail mail = spool().open(old);
        spool().giveBack(old, mail, Instant.now(), "");
        SpoolStore.Lease fresh = claimOne();
        assertThatThrownBy(() -> spool().open(old)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> spool().recipientOutcome(old, mail, List.of(new RecipientOutcome(0, true, "there"))))
                .isInstanceOf(IllegalStateException.class);
        finish(fresh);
        assertThat(spool().stats().mails()).isZero();
    }

    @Test
    void mail_whoseRecipientsFailed_isSetAsideAndNeverDeliveredAgain() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(1), "a@example.org", "b@example.org")).isEqualTo(accepted(false, id));
        SpoolStore.Lease lease = claimOne();
        StoredMail mail = spool().open(lease);
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "there")));
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(1, false, "gone")));
        spool().giveBack(lease, mail, Instant.now(), "");
        assertThat(spool().stats().failed()).isEqualTo(1);
        reopen();
        assertThat(spool().stats()).isEqualTo(new SpoolStore.Stats(0, 0, 0, 1, true));
        assertThat(put(id, octets(1), "a@example.org", "b@example.org")).isEqualTo(accepted(true, id));
    }

    @Test
    void lease_thatWasNotRenewed_ends_andItsHolderCanRecordNothingMore() throws Exception {
        HandoffId id = kept(1, "a@example.org", "b@example.org");
        SpoolStore.Lease old =
                spool().claim(1, Duration.ofSeconds(20), Duration.ofMillis(30)).getFirst();
        StoredMail mail = spool().open(old);
        SpoolStore.Lease fresh = claimOne();
        assertThat(fresh.id()).isEqualTo(id);
        assertThat(fresh.token()).isNotEqualTo(old.token());
        assertThat(fresh.fresh()).isFalse();
        assertThatThrownBy(() -> spool().renew(old, Duration.ofMinutes(1))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> spool().recipientOutcome(old, mail, List.of(new RecipientOutcome(0, true, "late"))))
                .isInstanceOf(FencedException.class);
        spool().giveBack(old, mail, Instant.now(), "late");
        assertThatThrownBy(() -> spool().setAside(old, "late")).isInstanceOf(FencedException.class);
        assertThat(spool().open(fresh).recipients()).containsOnly(RecipientState.PENDING);
        assertThat(only(id).state()).isEqualTo(SpoolQueue.State.RUNNING);
    }

    @Test
    void lease_thatIsRenewed_lasts() throws Exception {
        HandoffId id = kept(1);
        SpoolStore.Lease lease = spool().claim(1, Duration.ofSeconds(20), SHORT).getFirst();
        spool().renew(lease, Duration.ofMinutes(5));
        LockSupport.parkNanos(SHORT.plusMillis(100).toNanos());
        assertThat(claimNow(10)).isEmpty();
        finish(lease);
        assertThat(spool().status(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
        assertThat(spool().stats().mails()).isZero();
    }

    @Test
    void lease_isRenewedByEachRecordedOutcome() throws Exception {
        HandoffId _ = kept(1, "a@example.org", "b@example.org");
        SpoolStore.Lease lease = spool().claim(1, Duration.ofSeconds(20), SHORT).getFirst();
        spool().recipientOutcome(lease, spool().open(lease), List.of(new RecipientOutcome(0, true, "there")));
        LockSupport.parkNanos(SHORT.plusMillis(100).toNanos());
        assertThat(claimNow(10)).isEmpty();
    }
}
