// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.delivery.Mails;

/// Cuts the power before every operation on the disk of a short life of a spool, and accounts for every mail after each
/// state the disk may be found in.
class PowerCutTest {
    private static final Path ROOT = Path.of("/spool");
    private static final int CHANCES = Integer.getInteger("postern.crash.chances", 4);

    /// What was promised before the power went off, mail by mail.
    private static final class Ledger {
        private final Map<HandoffId, Submission> submitted = new HashMap<>();
        private final Map<HandoffId, byte[]> octets = new HashMap<>();
        private final Set<HandoffId> accepted = new HashSet<>();
        private final Set<HandoffId> refused = new HashSet<>();
        private final Map<HandoffId, Set<Integer>> done = new HashMap<>();
        private final Set<HandoffId> finished = new HashSet<>();
        private final Set<HandoffId> held = new HashSet<>();
        private final Set<HandoffId> aborted = new HashSet<>();

        Submission mail(HandoffId id) {
            return Objects.requireNonNull(submitted.get(id));
        }

        byte[] octetsOf(HandoffId id) {
            return Objects.requireNonNull(octets.get(id));
        }
    }

    static SpoolConfig config() {
        return SpoolConfigs.in(ROOT).reserve(new ByteSize(0)).syncThreads(1).get();
    }

    private static FileSpool open(Disk disk) {
        FileSpool spool = FileSpool.open(config(), InstantSource.system(), disk);
        Mails.eventually(() -> spool.stats().scanned());
        return spool;
    }

    private static SpoolStore.Commit put(SpoolStore spool, Submission submission, byte[] octets) {
        return switch (spool.begin(submission, Deadline.in(Duration.ofSeconds(20)))) {
            case SpoolStore.Begin.Refused(boolean permanent, String detail) ->
                new SpoolStore.Commit.Refused(permanent, detail);
            case SpoolStore.Begin.Open(SpoolStore.Put put) -> {
                try (put) {
                    put.write(octets, 0, octets.length);
                    yield put.commit();
                }
            }
        };
    }

    private static HandoffId accept(SpoolStore spool, Ledger ledger, String text, String... recipients) {
        HandoffId id = Mails.newId();
        byte[] octets = text.repeat(100).getBytes(StandardCharsets.US_ASCII);
        Submission submission = SpoolStoreContract.submission(id, octets, recipients);
        ledger.submitted.put(id, submission);
        ledger.octets.put(id, octets);
        switch (put(spool, submission, octets)) {
            case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId mail) -> ledger.accepted.add(id);
            case SpoolStore.Commit.Refused(boolean permanent, String detail) -> ledger.refused.add(id);
            case SpoolStore.Commit.Indeterminate(String detail) -> throw new AssertionError(detail);
        }
        return id;
    }

    /// Delivers to one recipient; its outcome counts once it was recorded.
    private static void deliver(SpoolStore spool, Ledger ledger, SpoolStore.Lease lease, StoredMail mail, int recipient)
            throws IOException {
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(recipient, true, "there")));
        Set<Integer> done = ledger.done.computeIfAbsent(lease.id(), id -> new HashSet<>());
        done.add(recipient);
        if (done.size() == mail.recipients().size()) {
            ledger.finished.add(lease.id());
        }
    }

    /// The short life: everything that writes to the disk happens in it. Ends early where the power goes off.
    private static void live(FileSpool spool, Ledger ledger) throws Exception {
        HandoffId one = accept(spool, ledger, "one ", "a@example.org");
        HandoffId two = accept(spool, ledger, "two ", "a@example.org", "b@example.org");
        HandoffId three = accept(spool, ledger, "three ", "c@example.org");
        HandoffId unwanted = Mails.newId();
        assertThat(spool.abort(unwanted)).isEqualTo(SpoolStore.Status.ABORTED);
        ledger.aborted.add(unwanted);
        spool.proven(List.of(one));
        assertThat(spool.hold(three)).isEqualTo(SpoolQueue.Change.DONE);
        ledger.held.add(three);
        for (SpoolStore.Lease lease : spool.claim(10, Duration.ZERO)) {
            StoredMail mail = spool.open(lease);
            deliver(spool, ledger, lease, mail, 0);
            spool.giveBack(lease, mail, Instant.now(), "later");
        }
        HandoffId four = accept(spool, ledger, "four ", "d@example.org");
        ledger.finished.add(four);
        if (spool.delete(four) != SpoolQueue.Change.DONE) {
            throw new AssertionError("not deleted");
        }
        for (SpoolStore.Lease lease : spool.claim(10, Duration.ofSeconds(5))) {
            assertThat(lease.id()).isEqualTo(two);
            StoredMail mail = spool.open(lease);
            deliver(spool, ledger, lease, mail, 1);
            spool.giveBack(lease, mail, Instant.now(), "");
        }
        ledger.held.remove(three);
        assertThat(spool.release(three)).isEqualTo(SpoolQueue.Change.DONE);
        HandoffId _ = accept(spool, ledger, "five ", "e@example.org");
    }

    private static Ledger liveUntilTheEnd(CrashDisk disk) {
        Ledger ledger = new Ledger();
        FileSpool spool = open(disk);
        try {
            live(spool, ledger);
        } catch (AssertionError | Exception e) {
            if (!disk.isOff()) {
                throw e instanceof AssertionError error ? error : new AssertionError(e);
            }
        } finally {
            disk.cut();
            spool.close();
        }
        return ledger;
    }

    /// Accounts for every mail in a spool that came back.
    private static void account(CrashDisk found, Ledger ledger, String state) throws Exception {
        try (FileSpool spool = open(found)) {
            // What nobody was told of may be found in pieces, and is set aside.
            assertThat(spool.stats().corrupt() + spool.stats().torn())
                    .as("set aside, %s", state)
                    .isLessThanOrEqualTo(ledger.submitted.size() - ledger.accepted.size());
            Map<HandoffId, StoredMail> queued = queued(spool, state);
            for (HandoffId id : ledger.accepted) {
                String what = ledger.mail(id).envelope().recipients() + " " + state;
                assertThat(spool.status(id)).as(what).isEqualTo(SpoolStore.Status.ACCEPTED);
                StoredMail mail = queued.remove(id);
                if (ledger.finished.contains(id)) {
                    // Deleted by an administrator: forgotten only if he was told so, else it may be there still.
                    assertThat(mail == null || ledger.done.get(id) == null)
                            .as(what)
                            .isTrue();
                    continue;
                }
                if (mail == null) {
                    boolean lastOutcomeUnderWay =
                            ledger.done.getOrDefault(id, Set.of()).size()
                                    >= ledger.mail(id).envelope().recipients().size() - 1;
                    assertThat(ledger.held.contains(id) || lastOutcomeUnderWay)
                            .as("an accepted mail is gone: %s", what)
                            .isTrue();
                    continue;
                }
                for (int recipient : ledger.done.getOrDefault(id, Set.of())) {
                    assertThat(mail.recipients().get(recipient)).as(what).isEqualTo(RecipientState.DONE);
                }
                same(mail, ledger, what);
            }
            for (Map.Entry<HandoffId, StoredMail> left : queued.entrySet()) {
                // Neither yes nor no was said, or no after a failed sync: whole, or known for damaged.
                try {
                    same(left.getValue(), ledger, "unanswered, " + state);
                } catch (DamagedMailException e) {
                    assertThat(ledger.accepted).as(state).doesNotContain(left.getKey());
                }
            }
            for (HandoffId id : ledger.aborted) {
                assertThat(spool.status(id)).as("aborted, %s", state).isEqualTo(SpoolStore.Status.ABORTED);
            }
            for (HandoffId id : ledger.held) {
                assertThat(spool.list(QueueQuery.of(id)).getFirst().state())
                        .as("held, %s", state)
                        .isEqualTo(SpoolQueue.State.HELD);
            }
            again(spool, ledger, state);
        }
    }

    private static Map<HandoffId, StoredMail> queued(FileSpool spool, String state) throws Exception {
        Map<HandoffId, StoredMail> queued = new HashMap<>();
        for (SpoolStore.Lease lease : spool.claim(100, Duration.ZERO)) {
            assertThat(queued.put(lease.id(), spool.open(lease)))
                    .as("once, %s", state)
                    .isNull();
        }
        return queued;
    }

    private static void same(StoredMail mail, Ledger ledger, String what) throws IOException {
        try (InputStream body = mail.body()) {
            assertThat(body.readAllBytes()).as(what).isEqualTo(ledger.octetsOf(mail.id()));
        }
    }

    /// The front repeats its handoffs, and senders who saw no 250 come back with the same mail under other ids.
    private static void again(FileSpool spool, Ledger ledger, String state) {
        long before = spool.stats().mails();
        for (HandoffId id : ledger.accepted) {
            assertThat(put(spool, ledger.mail(id), ledger.octetsOf(id)))
                    .as("the same id again, %s", state)
                    .isEqualTo(new SpoolStore.Commit.Accepted(true, id));
        }
        assertThat(spool.stats().mails()).as("the same ids again, %s", state).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void power_cutBeforeAnyOperation_losesNothingThatWasPromised(CrashDisk.Survival survival) throws Exception {
        CrashDisk whole = new CrashDisk();
        Ledger complete = liveUntilTheEnd(whole);
        assertThat(complete.accepted).hasSize(5);
        assertThat(complete.finished).hasSize(3);
        long seed = System.nanoTime();
        int states = 0;
        for (int operation = 1; operation <= whole.operations() + 1; operation++) {
            CrashDisk disk = new CrashDisk();
            // The folder is laid out before: the first start is not the subject.
            open(disk).close();
            disk.cutBefore(disk.operations() + operation);
            Ledger ledger = liveUntilTheEnd(disk);
            for (int i = 0; i < (survival == CrashDisk.Survival.CHANCE ? CHANCES : 1); i++) {
                Random random = new Random(seed + 1000L * operation + i);
                account(
                        disk.afterwards(survival, random),
                        ledger,
                        survival + ", before operation " + operation + ", seed " + seed + ", chance " + i);
                states++;
            }
        }
        System.err.println("PowerCutTest: " + survival + ", " + states + " states, seed " + seed);
    }

    @Test
    void sync_thatFails_isRefused_andTheMailIsDeliveredAtMostOnce_afterAPowerCut() throws Exception {
        for (int number = 1; number <= 12; number++) {
            CrashDisk disk = new CrashDisk();
            open(disk).close();
            disk.failSync(number);
            Ledger ledger = new Ledger();
            FileSpool spool = open(disk);
            try {
                for (int i = 0; i < 6; i++) {
                    HandoffId _ = accept(spool, ledger, "mail " + i + " ", "a@example.org");
                }
            } finally {
                disk.cut();
                spool.close();
            }
            assertThat(ledger.accepted.size() + ledger.refused.size()).isEqualTo(6);
            if (!ledger.refused.isEmpty()) {
                assertThat(ledger.accepted)
                        .as("nothing is taken after sync %d failed", number)
                        .hasSizeLessThan(6);
            }
            for (CrashDisk.Survival survival : CrashDisk.Survival.values()) {
                account(disk.afterwards(survival, new Random(number)), ledger, survival + ", sync " + number);
            }
        }
    }

    @Test
    void spoolThatDoesNotSyncItsFolders_isFoundOut() {
        // What this test is worth: it sees the defect that most queues have.
        CrashDisk disk = new CrashDisk().neverSyncsFolders();
        Ledger ledger = liveUntilTheEnd(disk);
        assertThat(ledger.accepted).isNotEmpty();
        assertThatThrownBy(() ->
                        account(disk.afterwards(CrashDisk.Survival.OCTETS, new Random(1)), ledger, "no folder sync"))
                .isInstanceOf(AssertionError.class);
    }
}
