// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// What every engine must do for administrators. Part of the contract of [SpoolStore].
abstract class SpoolQueueContract extends SpoolLeaseContract {
    private static final String[] NOBODY = {};

    private List<HandoffId> listed(QueueQuery query) throws IOException {
        return spool().list(query).stream().map(SpoolQueue.Entry::id).toList();
    }

    private static QueueQuery query(
            SpoolQueue.@Nullable State state, @Nullable String sender, @Nullable String recipient) {
        return new QueueQuery(
                Optional.empty(),
                Optional.ofNullable(state),
                Optional.ofNullable(sender),
                Optional.ofNullable(recipient),
                Optional.empty(),
                100);
    }

    @Test
    void heldMail_isNotClaimed_untilReleased_overRestarts() throws IOException {
        HandoffId held = kept(1);
        HandoffId other = kept(2);
        assertThat(spool().hold(held)).isEqualTo(SpoolQueue.Change.DONE);
        assertThat(spool().hold(held)).isEqualTo(SpoolQueue.Change.DONE);
        reopen();
        assertThat(only(held).state()).isEqualTo(SpoolQueue.State.HELD);
        assertThat(claimNow(10)).extracting(SpoolStore.Lease::id).containsExactly(other);
        assertThat(spool().release(held)).isEqualTo(SpoolQueue.Change.DONE);
        assertThat(only(held).state()).isEqualTo(SpoolQueue.State.WAITING);
        reopen();
        assertThat(claimNow(10)).extracting(SpoolStore.Lease::id).contains(held);
    }

    @Test
    void pausedSpool_takesMailIn_andLetsNothingBeClaimed_untilResumed_overRestarts() throws Exception {
        HandoffId before = kept(1, "a@example.org", "b@example.org");
        SpoolStore.Lease running = claimOne();
        spool().pause();
        spool().pause();
        assertThat(spool().paused()).isTrue();
        spool().recipientOutcome(running, spool().open(running), List.of(new RecipientOutcome(0, true, "there")));
        finish(running);
        HandoffId after = kept(2);
        assertThat(spool().claim(10, Duration.ofMillis(50))).isEmpty();
        reopen();
        assertThat(spool().paused()).isTrue();
        assertThat(claimNow(10)).isEmpty();
        assertThat(spool().status(before)).isEqualTo(SpoolStore.Status.ACCEPTED);
        assertThat(only(after).state()).isEqualTo(SpoolQueue.State.WAITING);
        Thread waiting =
                Thread.ofVirtual().start(() -> assertThat(claimOne().id()).isEqualTo(after));
        spool().resume();
        waiting.join();
        assertThat(only(after).state()).isEqualTo(SpoolQueue.State.RUNNING);
        reopen();
        assertThat(spool().paused()).isFalse();
        assertThat(claimNow(10)).extracting(SpoolStore.Lease::id).containsExactly(after);
    }

    @Test
    void hold_ofARunningMail_letsItEnd_losesNoOutcome_andKeepsWhatIsLeft() throws IOException {
        HandoffId id = kept(1, "a@example.org", "b@example.org", "c@example.org");
        SpoolStore.Lease lease = claimOne();
        StoredMail mail = spool().open(lease);
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "one")));
        assertThat(spool().hold(id)).isEqualTo(SpoolQueue.Change.DONE);
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(1, true, "two")));
        spool().giveBack(lease, mail, Instant.now(), "busy");
        assertThat(claimNow(10)).isEmpty();
        reopen();
        assertThat(claimNow(10)).isEmpty();
        SpoolQueue.Entry entry = only(id);
        assertThat(entry.state()).isEqualTo(SpoolQueue.State.HELD);
        assertThat(entry.attempts()).isEqualTo(1);
        assertThat(entry.reason()).isEqualTo("busy");
        assertThat(entry.recipients())
                .extracting(SpoolQueue.EntryRecipient::state)
                .containsExactly(RecipientState.DONE, RecipientState.DONE, RecipientState.PENDING);
        assertThat(entry.recipients().get(1).text()).isEqualTo("two");
    }

    @Test
    void deletedMail_isNeverDelivered_andItsHandoffIsADuplicate_alsoOverARestart() throws IOException {
        HandoffId id = kept(10);
        assertThat(spool().delete(id)).isEqualTo(SpoolQueue.Change.DONE);
        assertThat(spool().delete(id)).isEqualTo(SpoolQueue.Change.UNKNOWN);
        assertThat(claimNow(10)).isEmpty();
        reopen();
        assertThat(spool().stats().mails()).isZero();
        assertThat(put(id, octets(10))).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
    }

    @Test
    void runningMail_cannotBeDeleted_andAHeldOneCan() throws IOException {
        HandoffId id = kept(10);
        SpoolStore.Lease lease = claimOne();
        assertThat(spool().delete(id)).isEqualTo(SpoolQueue.Change.BUSY);
        spool().giveBack(lease, spool().open(lease), Instant.now().plusSeconds(60), "later");
        assertThat(spool().hold(id)).isEqualTo(SpoolQueue.Change.DONE);
        assertThat(spool().delete(id)).isEqualTo(SpoolQueue.Change.DONE);
        assertThat(spool().totals().mails()).isZero();
    }

    @Test
    void unknownMail_isSaidToBe() throws IOException {
        HandoffId nobody = Mails.newId();
        assertThat(spool().hold(nobody)).isEqualTo(SpoolQueue.Change.UNKNOWN);
        assertThat(spool().release(nobody)).isEqualTo(SpoolQueue.Change.UNKNOWN);
        assertThat(spool().delete(nobody)).isEqualTo(SpoolQueue.Change.UNKNOWN);
        assertThat(spool().list(QueueQuery.of(nobody))).isEmpty();
    }

    @Test
    void list_isOldestFirst_inPages_andShowsEachMailOnce() throws IOException {
        List<HandoffId> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(kept(i));
        }
        ids.sort(java.util.Comparator.comparing(id -> id.transaction().text()));
        List<HandoffId> found = new ArrayList<>();
        Optional<HandoffId> after = Optional.empty();
        for (int page = 0; page < 3; page++) {
            List<HandoffId> some = listed(
                    new QueueQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), after, 10));
            found.addAll(some);
            after = Optional.of(some.getLast());
        }
        assertThat(found).isEqualTo(ids);
        SpoolQueue.Entry entry = only(ids.get(7));
        assertThat(entry.sender()).hasToString("sender@example.com");
        assertThat(entry.recipients()).extracting(one -> one.path().toString()).containsExactly("alice@example.org");
    }

    @Test
    void list_finds_byStateSenderAndPendingRecipient() throws IOException {
        HandoffId one = kept(1, "a@example.org", "b@example.net");
        HandoffId two = kept(2, "c@EXAMPLE.org");
        HandoffId three = kept(3, "d@example.net");
        assertThat(spool().hold(three)).isEqualTo(SpoolQueue.Change.DONE);
        SpoolStore.Lease lease = claimOne();
        StoredMail mail = spool().open(lease);
        assertThat(lease.id()).isEqualTo(one);
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(1, true, "there")));
        assertThat(listed(query(SpoolQueue.State.HELD, null, null))).containsExactly(three);
        assertThat(listed(query(SpoolQueue.State.RUNNING, null, null))).containsExactly(one);
        assertThat(listed(query(null, null, "@example.org"))).containsExactlyInAnyOrder(one, two);
        assertThat(listed(query(null, null, "@example.net"))).containsExactly(three);
        assertThat(listed(query(null, null, "C@example.org"))).containsExactly(two);
        assertThat(listed(query(null, "@example.com", null))).hasSize(3);
        assertThat(listed(query(null, "<>", null))).isEmpty();
    }

    @Test
    void retryNow_makesWhatFitsDue_andNothingElse() throws IOException {
        for (String recipient : List.of("a@example.org", "b@example.net", "c@example.net")) {
            HandoffId _ = kept(recipient.hashCode() & 0xff, recipient);
        }
        for (SpoolStore.Lease lease : claimNow(10)) {
            spool().giveBack(lease, spool().open(lease), Instant.now().plusSeconds(3600), "later");
        }
        assertThat(spool().hold(listed(query(null, null, "c@example.net")).getFirst()))
                .isEqualTo(SpoolQueue.Change.DONE);
        assertThat(claimNow(10)).isEmpty();
        assertThat(spool().retryNow(query(null, null, "@example.net"))).isEqualTo(1);
        assertThat(claimNow(10)).hasSize(1);
        assertThat(spool().retryNow(QueueQuery.first(100))).isEqualTo(1);
        assertThat(claimNow(10)).hasSize(1);
    }

    @Test
    void totals_areWhatThereIs() throws IOException {
        assertThat(spool().totals()).isEqualTo(new SpoolQueue.Totals(0, 0, 0, 0, 0, Optional.empty()));
        HandoffId held = kept(100);
        HandoffId _ = kept(200);
        HandoffId _ = kept(300);
        HandoffId _ = kept(400);
        assertThat(spool().hold(held)).isEqualTo(SpoolQueue.Change.DONE);
        SpoolStore.Lease later = claimOne();
        spool().giveBack(later, spool().open(later), Instant.now().plusSeconds(3600), "later");
        SpoolStore.Lease _ = claimOne();
        SpoolQueue.Totals totals = spool().totals();
        assertThat(List.of(totals.due(), totals.later(), totals.running(), totals.held(), totals.octets()))
                .containsExactly(1L, 1L, 1L, 1L, 1000L);
        assertThat(totals.oldest().orElseThrow())
                .isBefore(Instant.now())
                .isAfter(Instant.now().minusSeconds(60));
        assertThat(totals.mails()).isEqualTo(spool().stats().mails());
    }

    @Test
    void queue_whileMailsComeAndGo_listsOnlyWhatIsThereOrWasAMomentAgo() throws Exception {
        HandoffId stays = kept(5000);
        assertThat(spool().hold(stays)).isEqualTo(SpoolQueue.Change.DONE);
        AtomicBoolean stop = new AtomicBoolean();
        Thread busy = Thread.ofVirtual().start(() -> {
            for (int i = 0; !stop.get(); i++) {
                try {
                    HandoffId _ = kept(10 + i % 1000);
                    finish(claimOne());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        try {
            for (int i = 0; i < 50; i++) {
                assertThat(listed(QueueQuery.first(100))).contains(stays).doesNotHaveDuplicates();
                assertThat(spool().totals().held()).isEqualTo(1);
            }
        } finally {
            stop.set(true);
            busy.join();
        }
    }

    @Test
    void randomOrders_neverLoseAMail_andEndWithAnEmptyQueue() throws IOException {
        long seed = System.nanoTime();
        System.err.println("SpoolQueueContract.randomOrders seed " + seed);
        Random random = new Random(seed);
        List<HandoffId> all = new ArrayList<>();
        List<SpoolStore.Lease> leases = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> all.add(kept(1000 + i, NOBODY));
                case 2 -> leases.addAll(claimNow(1 + random.nextInt(3)));
                case 3 -> {
                    if (!leases.isEmpty()) {
                        SpoolStore.Lease lease = leases.remove(random.nextInt(leases.size()));
                        spool().giveBack(
                                        lease,
                                        spool().open(lease),
                                        Instant.now().plusMillis(random.nextInt(20)),
                                        "later");
                    }
                }
                case 4 -> {
                    if (!all.isEmpty()) {
                        assertThat(spool().hold(all.get(random.nextInt(all.size()))))
                                .isEqualTo(SpoolQueue.Change.DONE);
                    }
                }
                default -> {
                    if (!all.isEmpty()) {
                        assertThat(spool().release(all.get(random.nextInt(all.size()))))
                                .isEqualTo(SpoolQueue.Change.DONE);
                    }
                }
            }
            assertThat(spool().totals().mails()).as("seed %d", seed).isEqualTo(all.size());
        }
        reopen();
        for (HandoffId id : all) {
            assertThat(spool().release(id)).isEqualTo(SpoolQueue.Change.DONE);
        }
        int left = all.size();
        while (left > 0) {
            finish(claimOne());
            left--;
        }
        assertThat(spool().totals().mails()).isZero();
    }
}
