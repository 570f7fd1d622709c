// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// A disk that becomes read-only while the store runs (fault D7), and deliveries that end while the same
/// handoff comes again.
class FaultyDiskTest {
    private static final String TEXT = "A: b\r\n\r\nhello\r\n";

    @TempDir
    private Path temp;

    private final FaultyDisk disk = new FaultyDisk();

    @SuppressWarnings("NullAway.Init") // before each test
    private FileSpool spool;

    @BeforeEach
    void start() {
        spool = FileSpool.open(SpoolChild.config(temp.resolve("spool")), InstantSource.system(), disk);
        Mails.eventually(() -> spool.stats().scanned());
    }

    @AfterEach
    void stop() {
        disk.readOnly(false);
        spool.close();
    }

    private HandoffId kept(String... recipients) {
        HandoffId id = Mails.newId();
        byte[] octets = TEXT.getBytes(StandardCharsets.US_ASCII);
        Submission submission = SpoolStoreContract.submission(id, octets, recipients);
        try (SpoolStore.Put put = ((SpoolStore.Begin.Open) spool.begin(submission, Mails.soon())).put()) {
            put.write(octets, 0, octets.length);
            assertThat(put.commit()).isEqualTo(new SpoolStore.Commit.Accepted(false, id));
        }
        return id;
    }

    private SpoolStore.Lease claimed() {
        try {
            return spool.claim(1, Duration.ofSeconds(20)).getFirst();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void outcome(SpoolStore.Lease lease, StoredMail mail, int recipient, boolean delivered) throws IOException {
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(recipient, delivered, "said")));
    }

    @Test
    void diskThatBecomesReadOnly_refusesTheMail_isSaid_andNothingMoreIsTakenInUntilARestart() {
        HandoffId before = kept("a@example.org");
        disk.readOnly(true);
        assertThat(SpoolChild.accept(spool, Mails.newId(), "next"))
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Refused.class,
                        r -> assertThat(r.permanent()).isFalse());
        assertThat(spool.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
        assertThat(spool.health().detail()).contains("mounted read-only");
        disk.readOnly(false);
        assertThat(SpoolChild.accept(spool, Mails.newId(), "next")).isInstanceOf(SpoolStore.Commit.Refused.class);
        assertThat(spool.status(before)).isEqualTo(SpoolStore.Status.ACCEPTED);
        stop();
        start();
        assertThat(SpoolChild.accept(spool, Mails.newId(), "next")).isInstanceOf(SpoolStore.Commit.Accepted.class);
    }

    @Test
    void recipientWhoseOutcomeCannotBeWritten_isNotTriedAgain_whileTheOthersAre() throws IOException {
        HandoffId id = kept("a@example.org", "b@example.org");
        disk.readOnly(true);
        SpoolStore.Lease first = claimed();
        StoredMail mail = spool.open(first);
        assertThatThrownBy(() -> outcome(first, mail, 0, true)).isInstanceOf(IOException.class);
        spool.giveBack(first, mail, Instant.now(), "b is busy");
        SpoolStore.Lease second = claimed();
        assertThat(spool.open(second).recipients()).containsExactly(RecipientState.DONE, RecipientState.PENDING);
        disk.readOnly(false);
        outcome(second, spool.open(second), 1, true);
        spool.giveBack(second, spool.open(second), Instant.now(), "");
        assertThat(spool.stats().mails()).isZero();
        assertThat(spool.status(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
    }

    @Test
    void deliveryThatEndsWithoutGivingItsMailBack_isNotDoneAgain() throws IOException {
        HandoffId _ = kept("a@example.org");
        SpoolStore.Lease lease = claimed();
        outcome(lease, spool.open(lease), 0, true);
        spool.giveBack(lease, Instant.now());
        SpoolStore.Lease again = claimed();
        StoredMail mail = spool.open(again);
        assertThat(mail.recipients()).containsExactly(RecipientState.DONE);
        spool.giveBack(again, mail, Instant.now(), "");
        assertThat(spool.stats().mails()).isZero();
    }

    @Test
    void mailWhoseEndCannotBeWritten_isKeptAndNotDeliveredAgain() throws IOException {
        HandoffId id = kept("a@example.org");
        SpoolStore.Lease lease = claimed();
        StoredMail mail = spool.open(lease);
        disk.readOnly(true);
        assertThatThrownBy(() -> outcome(lease, mail, 0, true)).isInstanceOf(IOException.class);
        spool.giveBack(lease, mail, Instant.now(), "");
        assertThat(spool.stats().mails()).isEqualTo(1);
        disk.readOnly(false);
        assertThat(spool.retryNow(QueueQuery.of(id))).isEqualTo(1);
        SpoolStore.Lease again = claimed();
        StoredMail opened = spool.open(again);
        assertThat(opened.recipients()).containsExactly(RecipientState.DONE);
        spool.giveBack(again, opened, Instant.now(), "");
        assertThat(spool.stats().mails()).isZero();
        stop();
        start();
        assertThat(spool.stats().mails()).isZero();
        assertThat(spool.status(id)).isEqualTo(SpoolStore.Status.ACCEPTED);
    }

    @Test
    void recordThatIsJustBeingWritten_isNoDamage() throws IOException {
        HandoffId id = kept("a@example.org", "b@example.org");
        Path file = new FileSpools(temp).fileOf(id);
        long length = Files.size(file);
        byte[] half = "PS".repeat(40).getBytes(StandardCharsets.US_ASCII);
        Runnable begun = () -> write(file, half, length);
        Runnable cut = () -> write(file, new byte[0], length);
        disk.beforeNextReads(begun, cut);
        assertThat(SpoolChild.accept(spool, id, TEXT)).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
        disk.beforeNextReads(begun, cut);
        assertThat(spool.list(QueueQuery.of(id))).hasSize(1);
        disk.beforeNextReads(begun, cut);
        assertThat(spool.open(claimed()).recipients()).hasSize(2);
        assertThat(spool.stats().corrupt()).isZero();
    }

    private static void write(Path path, byte[] octets, long at) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(at);
            file.seek(at);
            file.write(octets);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// What a delivery does at its end, at the worst moment: after the store looked for what it
    /// remembers, or before.
    private Runnable ending(boolean delivered) {
        SpoolStore.Lease lease = claimed();
        return () -> {
            try {
                StoredMail mail = spool.open(lease);
                outcome(lease, mail, 0, delivered);
                spool.giveBack(lease, mail, Instant.now(), "");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
    }

    @Test
    void sameHandoff_whileItsDeliveryEnds_isNotASecondMail() {
        for (boolean delivered : List.of(true, false)) {
            HandoffId id = kept("alice@example.org");
            disk.beforeNextLook(ending(delivered));
            assertThat(SpoolChild.accept(spool, id, TEXT)).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
            assertThat(spool.stats().mails()).isZero();
            spool.proven(List.of(id));
        }
    }

    @Test
    void sameMailUnderAnotherId_whileItsDeliveryEnds_isNotASecondMail() {
        HandoffId id = kept("alice@example.org");
        Runnable ending = ending(true);
        // The first look is for the new id, the second for the mail that is known.
        disk.beforeNextLook(() -> disk.beforeNextLook(ending));
        assertThat(SpoolChild.accept(spool, Mails.newId(), TEXT)).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
        assertThat(spool.stats().mails()).isZero();
    }

    @Test
    void abort_whileTheDeliveryEnds_comesTooLate() throws IOException {
        HandoffId one = kept("alice@example.org");
        disk.beforeNextLook(ending(true));
        assertThat(spool.abort(one)).isEqualTo(SpoolStore.Status.ACCEPTED);
        assertThat(spool.stats().mails()).isZero();
    }
}
