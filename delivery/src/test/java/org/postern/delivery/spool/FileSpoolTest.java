// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
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
}
