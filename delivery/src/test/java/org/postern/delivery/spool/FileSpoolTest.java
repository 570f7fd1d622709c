// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.delivery.LogLines;
import org.postern.delivery.Mails;

/// The contract on files, and what is special about them.
class FileSpoolTest extends SpoolQueueContract {
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

    private SpoolConfig config(ByteSize freeSpaceMin) {
        return new FileSpools(temp).config(freeSpaceMin);
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
    void mailsOfYesterday_thatWerePutBack_areNotDeliveredAgain_whereTheirIdsAreRemembered() throws IOException {
        List<HandoffId> delivered = putSome(5);
        Map<Path, Path> snapshot = new HashMap<>();
        for (HandoffId id : delivered) {
            snapshot.put(fileOf(id), Files.copy(fileOf(id), temp.resolve(id.toString())));
        }
        deliverAll();
        HandoffId queued = kept(5000);
        spool().close();
        for (Map.Entry<Path, Path> each : snapshot.entrySet()) {
            Files.copy(each.getValue(), each.getKey());
        }
        reopen();
        assertThat(deliverAll()).containsExactly(queued);
    }

    @Test
    void spoolOfYesterday_thatWasPutBackWhole_isSaidBeforeAnythingIsDelivered() throws IOException {
        List<HandoffId> queued = putSome(3);
        spool().close();
        SpoolConfig config = config(ByteSize.ofMiB(1));
        Instant now = Instant.now();
        assertThat(said(config, now.plus(Duration.ofMinutes(59)))).isEmpty();
        assertThat(said(config, now.plus(Duration.ofDays(1))))
                .singleElement()
                .asString()
                .contains("holds " + queued.size() + " mails", "restored");
        reopen();
        deliverAll();
        spool().close();
        assertThat(said(config, now.plus(Duration.ofDays(1))))
                .as("nothing to deliver")
                .isEmpty();
    }

    /// Warnings of a spool that is opened at this time.
    private static List<String> said(SpoolConfig config, Instant at) {
        try (LogLines log = LogLines.of(FileSpool.class);
                FileSpool _ = FileSpool.open(config, () -> at)) {
            return log.lines().stream().filter(line -> line.startsWith("WARN ")).toList();
        }
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

    @Test
    void mailForADomainThatRecognisesNothing_isKeptEachTime_andItsHandoffStillOnce() {
        spool().close();
        SpoolConfig config = SpoolConfigs.in(folder())
                .freeSpaceMin(ByteSize.ofMiB(1))
                .recogniseNothingFor(new Domain("example.net"))
                .get();
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
    void memoryOfHandoffs_thatIsFull_refusesWhatIsNew_keepsWhatItKnows_andAProofMakesRoom() throws IOException {
        HandoffId known = putSome(1).getFirst();
        spool().close();
        Instant now = Instant.now();
        List<HandoffId> unproven = new ArrayList<>();
        try (OutputStream log = Files.newOutputStream(
                folder().resolve("dedup").resolve(now.toEpochMilli() / 3_600_000 + ".log"),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
            for (int i = 0; i < 10_000; i++) {
                unproven.add(Mails.newId());
                log.write(new LogRecord(
                                LogRecord.Type.ACCEPTED,
                                now.toEpochMilli(),
                                unproven.getLast(),
                                new Fingerprint(i, ~i),
                                LogRecord.noHash())
                        .encode());
            }
        }
        SpoolConfig config = SpoolConfigs.in(folder())
                .freeSpaceMin(ByteSize.ofMiB(1))
                .rememberMax(10_000)
                .get();
        try (SpoolStore other = FileSpool.open(config, InstantSource.system())) {
            Mails.eventually(() -> other.stats().scanned());
            assertThat(other.health().state()).isEqualTo(SpoolHealth.State.FULL);
            assertThat(other.remembered().count()).isGreaterThanOrEqualTo(10_000);
            Submission fresh = submission(Mails.newId(), octets(100), "a@example.org");
            assertThat(other.begin(fresh, Mails.soon())).isInstanceOf(SpoolStore.Begin.Refused.class);
            assertThat(other.abort(Mails.newId())).as("asked again").isEqualTo(SpoolStore.Status.IN_PROGRESS);
            assertThat(other.status(known)).isEqualTo(SpoolStore.Status.ACCEPTED);
            try (SpoolStore.Put put =
                    ((SpoolStore.Begin.Open) other.begin(submission(known, octets(1000)), Mails.soon())).put()) {
                put.write(octets(1000), 0, 1000);
                assertThat(put.commit()).isEqualTo(new SpoolStore.Commit.Accepted(true, known));
            }
            other.proven(unproven.subList(0, 10));
            assertThat(other.health().ok()).isTrue();
            try (SpoolStore.Put put = ((SpoolStore.Begin.Open) other.begin(fresh, Mails.soon())).put()) {
                put.write(octets(100), 0, 100);
                assertThat(put.commit()).isEqualTo(new SpoolStore.Commit.Accepted(false, fresh.id()));
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
}
