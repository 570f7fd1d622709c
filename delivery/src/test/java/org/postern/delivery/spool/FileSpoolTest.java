// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.delivery.Mails;

class FileSpoolTest extends SpoolQueueContract {
    @TempDir
    private Path temp;

    private Path folder() {
        return temp.resolve("spool");
    }

    @Override
    SpoolStore open() {
        return FileSpool.open(config(ByteSize.ofMiB(1)), InstantSource.system());
    }

    private SpoolConfig config(ByteSize freeSpaceMin) {
        SpoolConfig base = SpoolConfig.in(folder());
        return new SpoolConfig(
                folder(),
                new ByteSize(MESSAGE_MAX),
                freeSpaceMin,
                base.freeFilesMin(),
                base.reserve(),
                base.mailsMax(),
                base.rememberIds(),
                base.rememberUnproven(),
                base.recogniseNothingFor(),
                2);
    }

    private Path fileOf(HandoffId id) throws IOException {
        try (Stream<Path> all = Files.walk(folder().resolve("m"))) {
            return all.filter(file -> file.getFileName().toString().equals(id.toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private List<HandoffId> putSome(int count) {
        List<HandoffId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HandoffId id = Mails.newId();
            assertThat(put(id, octets(1000 + i))).isInstanceOf(SpoolStore.Commit.Accepted.class);
            ids.add(id);
        }
        return ids;
    }

    /// Ways in which a file can be damaged while nobody looks.
    enum Damage {
        FLIP_IN_HEADER,
        FLIP_IN_ENVELOPE,
        FLIP_IN_BODY,
        FLIP_IN_END,
        CUT_IN_HEADER,
        CUT_IN_BODY,
        CUT_IN_END,
        EMPTY,
        ZEROED,
        ZEROED_BODY,
        GARBAGE_BEHIND,
        REPLACED_BY_LINK,
        REPLACED_BY_FOLDER;

        void to(Path file, Path elsewhere) throws IOException {
            long size = Files.size(file);
            long end = size - EndRecord.LENGTH;
            switch (this) {
                case FLIP_IN_HEADER -> flip(file, 20);
                case FLIP_IN_ENVELOPE -> flip(file, 90);
                case FLIP_IN_BODY -> flip(file, 700);
                case FLIP_IN_END -> flip(file, end + 20);
                case CUT_IN_HEADER -> cut(file, 300);
                case CUT_IN_BODY -> cut(file, 900);
                case CUT_IN_END -> cut(file, end + 30);
                case EMPTY -> cut(file, 0);
                case ZEROED -> Files.write(file, new byte[(int) size]);
                case ZEROED_BODY -> overwrite(file, 600, new byte[200]);
                case GARBAGE_BEHIND ->
                    overwrite(file, size, "garbage".repeat(20).getBytes(StandardCharsets.US_ASCII));
                case REPLACED_BY_LINK -> {
                    Files.move(file, elsewhere);
                    Files.createSymbolicLink(file, elsewhere);
                }
                case REPLACED_BY_FOLDER -> {
                    Files.delete(file);
                    Files.createDirectory(file);
                }
            }
        }

        private static void flip(Path path, long at) throws IOException {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.seek(at);
                int octet = file.read();
                file.seek(at);
                file.write(octet ^ 4);
            }
        }

        private static void cut(Path path, long length) throws IOException {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(length);
            }
        }

        private static void overwrite(Path path, long at, byte[] octets) throws IOException {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.seek(at);
                file.write(octets);
            }
        }
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

    /// Does what the delivery does: reads each mail to its end before it says done.
    private Set<HandoffId> deliverAll() throws IOException {
        Set<HandoffId> delivered = new HashSet<>();
        for (List<SpoolStore.Lease> some = claimNow(100); !some.isEmpty(); some = claimNow(100)) {
            for (SpoolStore.Lease lease : some) {
                try {
                    assertThat(body(spool().open(lease))).isNotEmpty();
                    finish(lease);
                    delivered.add(lease.id());
                } catch (DamagedMailException e) {
                    spool().setAside(lease, String.valueOf(e.getMessage()));
                }
            }
        }
        return delivered;
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
        System.err.println("FileSpoolTest.randomDamage seed " + seed);
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
    void deletedFile_thatCameBackAfterACrash_isNotDeliveredAgain() throws IOException {
        HandoffId id = putSome(1).getFirst();
        Path file = fileOf(id);
        Path saved = temp.resolve("saved");
        Files.copy(file, saved);
        deliverAll();
        spool().close();
        Files.copy(saved, file, StandardCopyOption.REPLACE_EXISTING);
        reopen();
        assertThat(spool().stats().mails()).isZero();
        assertThat(file).doesNotExist();
    }

    @Test
    void fileFromBefore_isKnownByItsId_beforeTheScanHasFoundIt() throws IOException {
        HandoffId id = putSome(1).getFirst();
        spool().close();
        for (int i = 0; i < 20; i++) {
            SpoolStore fresh = open();
            try {
                SpoolStore.Begin begun = fresh.begin(submission(id, octets(1000)), Mails.soon());
                try (SpoolStore.Put put = ((SpoolStore.Begin.Open) begun).put()) {
                    put.write(octets(1000), 0, 1000);
                    assertThat(put.commit()).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
                }
            } finally {
                fresh.close();
            }
        }
    }

    @Test
    void lostLineOfTheLog_isLearntAgainFromTheFile() throws IOException {
        HandoffId id = putSome(1).getFirst();
        spool().close();
        for (Path log : Mails.files(folder().resolve("dedup"))) {
            Files.delete(log);
        }
        reopen();
        assertThat(put(Mails.newId(), octets(1000))).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
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

    @Test
    void spool_withLessFreeSpaceThanItsMinimum_refusesAndDeliversWhatItHas() throws IOException {
        List<HandoffId> ids = putSome(2);
        spool().close();
        try (SpoolStore full = FileSpool.open(config(new ByteSize(Long.MAX_VALUE / 4)), InstantSource.system())) {
            assertThat(full.health().state()).isEqualTo(SpoolHealth.State.FULL);
            assertThat(full.begin(submission(Mails.newId(), octets(1)), Mails.soon()))
                    .isInstanceOf(SpoolStore.Begin.Refused.class);
            Mails.eventually(() -> full.stats().mails() == ids.size());
        }
    }

    @Test
    void folder_thatIsNoSpoolOrASymbolicLinkOrOfAnotherVersion_isRefused() throws IOException {
        spool().close();
        Path foreign = Files.createDirectory(temp.resolve("foreign"));
        Files.writeString(foreign.resolve("letter.txt"), "dear");
        assertRefused(foreign, "not empty");
        Path link = Files.createSymbolicLink(temp.resolve("link"), folder());
        assertRefused(link, "symbolic link");
        Files.writeString(folder().resolve("VERSION"), "postern-spool 99\n");
        assertRefused(folder(), "another format");
    }

    private static void assertRefused(Path folder, String why) {
        SpoolConfig config = SpoolConfig.in(folder);
        assertThatThrownBy(() -> FileSpool.open(config, InstantSource.system()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(why);
    }

    /// A disk whose room the test sets; time passes with every look.
    private static final class Room implements IntakeGate.FreeSpace {
        private long bytes = 1000;
        private OptionalLong files = OptionalLong.of(50);
        private long now;

        IntakeGate gate() {
            return new IntakeGate(
                    this, 1000, 50, () -> now += Duration.ofSeconds(1).toNanos());
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public OptionalLong files() {
            return files;
        }
    }

    @Test
    void gate_opensAgainOnlyWithATenthMoreThanTheMinimum_andNeverAfterAFailedSync() {
        Room room = new Room();
        IntakeGate gate = room.gate();
        assertThat(gate.health().ok()).isTrue();
        room.bytes = 999;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        room.bytes = 1050;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        room.bytes = 1100;
        // Files have the same hysteresis: 55 open the gate again.
        room.files = OptionalLong.of(54);
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        room.files = OptionalLong.of(55);
        assertThat(gate.health().ok()).isTrue();
        gate.syncFailed(new IOException("EIO"));
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
        room.bytes = 1 << 30;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
    }

    @Test
    void gate_closesWhenNoMoreFilesCanBeMade_andNotWhereThereIsNoBound() {
        Room room = new Room();
        room.bytes = 2000;
        IntakeGate gate = room.gate();
        assertThat(gate.health().ok()).isTrue();
        room.files = OptionalLong.of(49);
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        assertThat(gate.health().detail()).contains("49 files");
        room.files = OptionalLong.empty();
        assertThat(gate.health().ok()).isTrue();
    }

    @Test
    void freeFiles_areWhatTheSystemSays() throws Exception {
        Process df = new ProcessBuilder("df", "--output=iavail", temp.toString()).start();
        String said = new String(df.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .strip();
        OptionalLong free = new RealDisk().freeFiles(temp);
        if (said.matches("[1-9][0-9]*")) {
            // Other processes make and delete files meanwhile.
            assertThat(free.orElseThrow())
                    .isCloseTo(Long.parseLong(said), org.assertj.core.data.Percentage.withPercentage(5));
        } else {
            assertThat(free).isEmpty();
        }
    }

    @Test
    void mailForADomainThatRecognisesNothing_isKeptEachTime_andItsHandoffStillOnce() {
        spool().close();
        SpoolConfig base = config(ByteSize.ofMiB(1));
        SpoolConfig config = new SpoolConfig(
                base.folder(),
                base.messageMax(),
                base.freeSpaceMin(),
                base.freeFilesMin(),
                base.reserve(),
                base.mailsMax(),
                base.rememberIds(),
                base.rememberUnproven(),
                List.of(new Domain("example.net")),
                2);
        try (SpoolStore other = FileSpool.open(config, InstantSource.system())) {
            for (int copies = 1; copies <= 2; copies++) {
                HandoffId id = Mails.newId();
                for (int i = 0; i < 2; i++) {
                    Submission submission = submission(id, octets(100), "a@example.org", "b@example.net");
                    try (SpoolStore.Put put = ((SpoolStore.Begin.Open) other.begin(submission, Mails.soon())).put()) {
                        put.write(octets(100), 0, 100);
                        assertThat(put.commit()).isEqualTo(new SpoolStore.Commit.Accepted(i == 1, id));
                    }
                }
                assertThat(other.stats().mails()).isEqualTo(copies);
            }
        }
    }

    @Test
    void clockThatJumps_makesNothingDueEarlierOrLater() throws Exception {
        spool().close();
        Instant[] now = {Instant.parse("2026-05-01T10:30:00Z")};
        try (SpoolStore other = FileSpool.open(config(ByteSize.ofMiB(1)), () -> now[0])) {
            for (int i = 1; i <= 2; i++) {
                Submission submission = submission(Mails.newId(), octets(i));
                try (SpoolStore.Put put = ((SpoolStore.Begin.Open) other.begin(submission, Mails.soon())).put()) {
                    put.write(octets(i), 0, i);
                    assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Accepted.class);
                }
                SpoolStore.Lease lease = other.claim(1, Duration.ofSeconds(20)).getFirst();
                Duration wait = i == 1 ? Duration.ofMinutes(10) : Duration.ofMillis(1);
                other.giveBack(lease, other.open(lease), now[0].plus(wait), "later");
                now[0] = now[0].plus(i == 1 ? Duration.ofHours(1) : Duration.ofHours(-2));
            }
            assertThat(other.claim(10, Duration.ofSeconds(20)))
                    .as("due a moment later, in spite of the jumps")
                    .hasSize(1);
            assertThat(other.claim(10, Duration.ZERO))
                    .as("due in ten minutes, in spite of the jumps")
                    .isEmpty();
        }
    }

    @Test
    void groupSync_whenASyncFails_failsAllWhoWaitAndNeverTriesAgain() throws IOException {
        int[] calls = new int[1];
        GroupSync sync = new GroupSync(() -> {
            calls[0]++;
            if (calls[0] == 2) {
                throw new IOException("EIO");
            }
        });
        sync.await();
        assertThatThrownBy(sync::await).hasMessage("a sync failed: EIO");
        assertThatThrownBy(sync::await).hasMessageContaining("a sync failed: EIO");
        assertThat(calls[0]).isEqualTo(2);
    }
}
