// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// Kills a real process at every system call that touches the mail's file, its folder or the memory of handoffs, and
/// lets its syncs fail.
class CrashPointsTest {
    private static final String TEXT = "A: b\r\n\r\nhello\r\n";
    private static final int POINTS_MAX = 60;

    @TempDir
    private Path temp;

    private static Path mailFile(Path folder, HandoffId id) {
        return folder.resolve("m")
                .resolve(String.format(
                        "%02x", id.transaction().text().substring(0, 8).hashCode() & 0xff))
                .resolve(id.toString());
    }

    private List<String> run(Path folder, String what, HandoffId id, List<Path> watched, String injection)
            throws IOException, InterruptedException {
        return new KilledChild(temp).run(folder, what, id, TEXT, watched, injection);
    }

    private List<KilledChild.Point> points() throws IOException {
        return new KilledChild(temp).points();
    }

    private static FileSpool open(Path folder) {
        FileSpool spool = FileSpool.open(SpoolChild.config(folder), InstantSource.system());
        Mails.eventually(() -> spool.stats().scanned());
        return spool;
    }

    /// What a run of the child touches. strace counts the calls of each thread on their own, and the folder is
    /// synced by another thread than the file, so each is killed at on its own.
    enum Watched {
        FILE,
        FOLDER,
        LOG;

        List<Path> of(Path folder, HandoffId id) {
            Path file = mailFile(folder, id);
            return switch (this) {
                case FILE -> List.of(file);
                case FOLDER -> List.of(java.util.Objects.requireNonNull(file.getParent()));
                case LOG -> logFiles(folder);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void storeKilledAtEverySystemCallOfAnAccept_keepsWhatItAcknowledged_andOneMailAtMost(Watched watched)
            throws Exception {
        Path recorded = temp.resolve("recorded");
        open(recorded).close();
        HandoffId first = Mails.newId();
        assertThat(run(recorded, "accept", first, watched.of(recorded, first), "none"))
                .hasSize(3);
        List<KilledChild.Point> points = points();
        System.err.println("CrashPointsTest: accept, " + watched + ": " + points);
        assertThat(points).hasSizeGreaterThan(1).hasSizeLessThan(POINTS_MAX);
        for (KilledChild.Point point : points) {
            Path folder = temp.resolve(point.call() + point.number());
            open(folder).close();
            HandoffId id = Mails.newId();
            List<String> said = run(folder, "accept", id, watched.of(folder, id), point.injection());
            boolean acknowledged = !said.isEmpty() && said.getFirst().startsWith("Accepted");
            try (FileSpool spool = open(folder)) {
                if (acknowledged) {
                    assertThat(spool.status(id)).as("killed at %s", point).isEqualTo(SpoolStore.Status.ACCEPTED);
                }
                assertOneMail(spool, id, point);
            }
        }
    }

    /// The front hands over again under the same id, as it does when it got no answer.
    private static void assertOneMail(FileSpool spool, HandoffId id, KilledChild.Point point) throws Exception {
        assertThat(SpoolChild.accept(spool, id, TEXT))
                .as("the front's retry after a kill at %s", point)
                .isInstanceOfSatisfying(
                        SpoolStore.Commit.Accepted.class,
                        a -> assertThat(a.mail()).isEqualTo(id));
        int copies = 0;
        for (SpoolStore.Lease lease : spool.claim(10, Duration.ofSeconds(5))) {
            StoredMail mail = spool.open(lease);
            copies += lease.id().equals(id) ? 1 : 0;
            try (var body = mail.body()) {
                assertThat(body.readAllBytes()).asString(StandardCharsets.UTF_8).endsWith(TEXT);
            }
        }
        assertThat(copies).as("killed at %s", point).isEqualTo(1);
        assertThat(spool.stats().corrupt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FILE", "LOG"})
    void storeKilledAtEverySystemCallOfACompletion_neverDeliversAgainWhatItSaidWasDone(Watched watched)
            throws Exception {
        Path recorded = temp.resolve("recorded");
        HandoffId first = accepted(recorded);
        assertThat(run(recorded, "finish", first, watched.of(recorded, first), "none"))
                .containsExactly("done", "closed");
        List<KilledChild.Point> points = points();
        System.err.println("CrashPointsTest: completion, " + watched + ": " + points);
        assertThat(points).hasSizeGreaterThan(1).hasSizeLessThan(POINTS_MAX);
        for (KilledChild.Point point : points) {
            Path folder = temp.resolve(point.call() + point.number());
            HandoffId id = accepted(folder);
            List<String> said = run(folder, "finish", id, watched.of(folder, id), point.injection());
            try (FileSpool spool = open(folder)) {
                assertThat(spool.status(id)).as("killed at %s", point).isEqualTo(SpoolStore.Status.ACCEPTED);
                if (said.contains("done")) {
                    assertThat(spool.stats().mails()).as("killed at %s", point).isZero();
                }
                assertThat(SpoolChild.accept(spool, id, TEXT)).isEqualTo(new SpoolStore.Commit.Accepted(true, id));
                assertThat(spool.stats().corrupt() + spool.stats().torn()).isZero();
            }
        }
    }

    private static HandoffId accepted(Path folder) {
        HandoffId id = Mails.newId();
        try (FileSpool spool = open(folder)) {
            assertThat(SpoolChild.accept(spool, id, TEXT)).isInstanceOf(SpoolStore.Commit.Accepted.class);
        }
        return id;
    }

    /// This hour's, and the next one's for a child that runs over the turn of the hour.
    private static List<Path> logFiles(Path folder) {
        long now = System.currentTimeMillis();
        return java.util.stream.LongStream.of(now, now + Duration.ofMinutes(1).toMillis())
                .map(millis -> millis / 3_600_000)
                .distinct()
                .mapToObj(hour -> folder.resolve("dedup").resolve(hour + ".log"))
                .toList();
    }

    @Test
    void failedSyncOfTheFile_isRefusedAndNeverRetried_andNothingMoreIsTakenIn() throws Exception {
        failedSync(true);
    }

    @Test
    void failedSyncOfTheFolder_isRefusedAndNeverRetried_andNothingMoreIsTakenIn() throws Exception {
        failedSync(false);
    }

    private void failedSync(boolean ofFile) throws Exception {
        Path folder = temp.resolve("spool");
        HandoffId before = Mails.newId();
        try (FileSpool spool = open(folder)) {
            assertThat(SpoolChild.accept(spool, before, "before")).isInstanceOf(SpoolStore.Commit.Accepted.class);
        }
        HandoffId id = Mails.newId();
        Path file = mailFile(folder, id);
        Path watched = ofFile ? file : java.util.Objects.requireNonNull(file.getParent());
        List<String> said = run(folder, "accept", id, List.of(watched), "fsync:error=EIO:when=1");
        assertThat(said).hasSize(3);
        assertThat(said.get(0)).startsWith("Refused[permanent=false").contains("a sync failed");
        assertThat(said.get(1)).isEqualTo("READ_ONLY");
        assertThat(said.get(2)).startsWith("Refused[permanent=false");
        assertThat(Files.readAllLines(temp.resolve("strace.log")).stream().filter(line -> line.contains("fsync(")))
                .hasSize(1);
        try (FileSpool spool = open(folder)) {
            assertThat(spool.status(before)).isEqualTo(SpoolStore.Status.ACCEPTED);
            assertThat(spool.status(id)).isEqualTo(SpoolStore.Status.UNKNOWN);
            assertThat(spool.stats().mails()).isEqualTo(1);
        }
    }

    @Test
    void fullDisk_whileAMailIsWritten_isRefusedAndLeavesNothing() throws Exception {
        Path folder = temp.resolve("spool");
        open(folder).close();
        HandoffId id = Mails.newId();
        Path file = mailFile(folder, id);
        List<String> said = run(folder, "accept", id, List.of(file), "write:error=ENOSPC:when=1");
        assertThat(said.getFirst()).startsWith("Refused[permanent=false").contains("No space left");
        assertThat(said.get(2)).as("the next mail").startsWith("Accepted");
        assertThat(file).doesNotExist();
    }
}
