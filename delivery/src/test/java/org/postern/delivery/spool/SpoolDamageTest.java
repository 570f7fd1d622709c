// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// What becomes of a mail whose file is not what was written, and of the others.
class SpoolDamageTest extends SpoolFixture {
    @TempDir
    private Path temp;

    @Override
    SpoolStore open() {
        return new FileSpools(temp).open();
    }

    private Path folder() {
        return new FileSpools(temp).folder();
    }

    private Path fileOf(HandoffId id) throws IOException {
        return new FileSpools(temp).fileOf(id);
    }

    @ParameterizedTest
    @EnumSource
    void damagedFile_isSetAsideAndNeverDelivered_andTheOthersAre(Damage damage) throws IOException {
        List<HandoffId> ids = putSome(5);
        spool().close();
        HandoffId victim = ids.get(2);
        damage.to(fileOf(victim), temp.resolve("elsewhere"));
        reopen();
        Set<HandoffId> delivered = deliverAll();
        Set<HandoffId> expected = new HashSet<>(ids);
        expected.remove(victim);
        assertThat(delivered).isEqualTo(expected);
        assertThat(spool().stats().torn() + spool().stats().corrupt()).isEqualTo(1);
        assertThat(Stream.concat(
                                Mails.files(folder().resolve("torn")).stream(),
                                Mails.files(folder().resolve("corrupt")).stream())
                        .map(file -> file.getFileName().toString()))
                .containsExactly(victim.toString());
    }

    @Test
    void swappedFiles_areBothSetAside() throws IOException {
        List<HandoffId> ids = putSome(4);
        spool().close();
        Path one = fileOf(ids.get(0));
        Path two = fileOf(ids.get(1));
        Path between = temp.resolve("between");
        Files.move(one, between);
        Files.move(two, one);
        Files.move(between, two);
        reopen();
        assertThat(deliverAll()).containsExactlyInAnyOrder(ids.get(2), ids.get(3));
        assertThat(spool().stats().corrupt()).isEqualTo(2);
    }

    @Test
    void randomDamage_ofOneFile_neverDeliversOtherOctetsAndNeverHurtsAnotherMail() throws IOException {
        long seed = System.nanoTime();
        System.err.println("SpoolDamageTest.randomDamage seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            byte[] octets = octets(700 + random.nextInt(600));
            HandoffId victim = Mails.newId();
            HandoffId other = Mails.newId();
            assertThat(put(victim, octets)).isInstanceOf(SpoolStore.Commit.Accepted.class);
            assertThat(put(other, "other".getBytes(StandardCharsets.US_ASCII), "bob" + round + "@example.org"))
                    .isInstanceOf(SpoolStore.Commit.Accepted.class);
            byte[] file = Files.readAllBytes(fileOf(victim));
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(fileOf(victim), file);
            int found = 0;
            for (SpoolStore.Lease lease : claimNow(100)) {
                try {
                    byte[] body = body(spool().open(lease));
                    if (lease.id().equals(victim)) {
                        assertThat(body).as("seed %d", seed).isEqualTo(octets);
                    }
                    finish(lease);
                    found++;
                } catch (DamagedMailException e) {
                    assertThat(lease.id()).isEqualTo(victim);
                    spool().setAside(lease, String.valueOf(e.getMessage()));
                }
            }
            assertThat(found).as("seed %d", seed).isBetween(1, 2);
        }
    }

    @Test
    void tornAppend_ofAStateRecord_isForgottenAndTheMailGoesOn() throws IOException {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(10), "a@example.org", "b@example.org"))
                .isInstanceOf(SpoolStore.Commit.Accepted.class);
        SpoolStore.Lease lease = claimOne();
        StoredMail mail = spool().open(lease);
        spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "there")));
        Path file = fileOf(id);
        spool().close();
        long whole = Files.size(file);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(whole);
            out.write(new byte[] {'P', 'S', 1, 1, 0, 0, 0, 0});
            out.setLength(whole + 80);
        }
        reopen();
        StoredMail again = spool().open(claimOne());
        assertThat(again.recipients()).containsExactly(RecipientState.DONE, RecipientState.PENDING);
        assertThat(spool().stats().corrupt()).isZero();
    }

    @Test
    void flippedStateRecord_setsOnlyThisMailAside() throws IOException {
        List<HandoffId> ids = putSome(2);
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(10), "a@example.org", "b@example.org"))
                .isInstanceOf(SpoolStore.Commit.Accepted.class);
        for (SpoolStore.Lease lease : claimNow(10)) {
            if (lease.id().equals(id)) {
                StoredMail mail = spool().open(lease);
                spool().recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "there")));
            }
        }
        Path file = fileOf(id);
        spool().close();
        Damage.flip(file, Files.size(file) - 60);
        reopen();
        assertThat(deliverAll()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(spool().stats().corrupt()).isEqualTo(1);
    }

    @Test
    void damagedLogRecord_losesOnlyWhatItSaid() throws IOException {
        List<HandoffId> ids = putSome(3);
        deliverAll();
        spool().close();
        Path log = Mails.files(folder().resolve("dedup")).getFirst();
        Damage.flip(log, 10L);
        Files.write(log, new byte[77], java.nio.file.StandardOpenOption.APPEND);
        reopen();
        assertThat(spool().status(ids.get(1))).isEqualTo(SpoolStore.Status.ACCEPTED);
        assertThat(spool().status(ids.get(2))).isEqualTo(SpoolStore.Status.ACCEPTED);
        HandoffId late = putSome(1).getFirst();
        deliverAll();
        reopen();
        assertThat(spool().status(late)).isEqualTo(SpoolStore.Status.ACCEPTED);
    }
}
