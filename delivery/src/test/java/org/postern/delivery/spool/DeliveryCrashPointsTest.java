// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// Kills a real process at every system call of a delivery to two mailboxes that touches the mail's file, the memory of
/// handoffs or a mailbox, and lets the disk be full when what was delivered is recorded.
class DeliveryCrashPointsTest {
    private static final String TEXT = "A: b\r\n\r\nhello\r\n";

    @TempDir
    private Path temp;

    /// What is watched in one run. strace counts the calls of each thread on their own.
    enum Watched {
        FILE,
        LOG,
        MAILBOX,
        MAILBOX_FOLDERS
    }

    /// A spool with one mail for two, and where its parts and those of the mailboxes are.
    private record Site(Path spool, Path mail, HandoffId id, String name) {
        List<Path> watched(Watched what) {
            return switch (what) {
                case FILE -> List.of(SpoolFolder.mailFile(spool, id));
                case LOG ->
                    LongStream.of(0, 60_000)
                            .map(soon -> (System.currentTimeMillis() + soon) / 3_600_000)
                            .distinct()
                            .mapToObj(hour -> spool.resolve("dedup/" + hour + ".log"))
                            .toList();
                case MAILBOX ->
                    Stream.of("a/tmp/", "a/new/", "b/tmp/", "b/new/")
                            .map(at -> mail.resolve("box/" + at + String.format(name, at.startsWith("a") ? 0 : 1)))
                            .toList();
                case MAILBOX_FOLDERS ->
                    Stream.of("box", "box/a", "box/a/new", "box/b/new")
                            .map(mail::resolve)
                            .toList();
            };
        }
    }

    private static FileSpool open(Path folder) {
        FileSpool spool = FileSpool.open(SpoolChild.config(folder), InstantSource.system());
        Mails.eventually(() -> spool.stats().scanned());
        return spool;
    }

    private Site site(String name) throws IOException {
        Path spoolFolder = temp.resolve(name).resolve("spool");
        Files.createDirectories(Objects.requireNonNull(spoolFolder.getParent()));
        HandoffId id = Mails.newId();
        byte[] octets = TEXT.getBytes(StandardCharsets.US_ASCII);
        Submission submission = SpoolStoreContract.submission(id, octets, "a@example.org", "b@example.org");
        try (FileSpool spool = open(spoolFolder)) {
            try (SpoolStore.Put put = ((SpoolStore.Begin.Open) spool.begin(submission, Mails.soon())).put()) {
                put.write(octets, 0, octets.length);
                assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Accepted.class);
            }
        }
        String file = submission.received().getEpochSecond() + "." + id.transaction() + "_%d." + id.front();
        return new Site(spoolFolder, spoolFolder.resolveSibling("mail"), id, file);
    }

    private List<String> run(Site site, Watched what, String injection) throws IOException, InterruptedException {
        return new KilledChild(temp).run(site.spool(), "deliver", site.id(), "mail", site.watched(what), injection);
    }

    /// Delivers what is left, and looks for exactly one whole copy in each mailbox.
    private static void assertOneCopyEach(Site site, String when) throws Exception {
        try (FileSpool spool = open(site.spool())) {
            if (spool.stats().mails() > 0) {
                SpoolChild.deliver(spool, site.mail());
            }
            assertThat(spool.stats()).as(when).isEqualTo(new SpoolStore.Stats(0, 0, 0, 0, true));
            assertThat(spool.status(site.id())).as(when).isEqualTo(SpoolStore.Status.ACCEPTED);
        }
        for (String user : List.of("a", "b")) {
            List<Path> found = new ArrayList<>(Mails.files(site.mail().resolve("box/" + user + "/new")));
            assertThat(found).as("%s, %s", user, when).hasSize(1);
            assertThat(Files.readString(found.getFirst())).endsWith(TEXT);
            assertThat(Mails.files(site.mail().resolve("box/" + user + "/tmp")))
                    .as(when)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void storeKilledAtEverySystemCallOfADelivery_deliversToEachOnce(Watched watched) throws Exception {
        Site recorded = site("recorded");
        assertThat(run(recorded, watched, "none")).containsExactly("done 0", "done 1");
        List<KilledChild.Point> points = new KilledChild(temp).points();
        System.err.println("DeliveryCrashPointsTest: " + watched + ": " + points);
        assertThat(points).hasSizeGreaterThan(1).hasSizeLessThan(60);
        assertOneCopyEach(recorded, "unharmed");
        for (KilledChild.Point point : points) {
            Site site = site(point.call() + point.number());
            List<String> said = run(site, watched, point.injection());
            assertThat(said).as("killed at %s", point).hasSizeLessThanOrEqualTo(2);
            assertOneCopyEach(site, watched + " killed at " + point);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FILE", "LOG"})
    void fullDisk_whenAnOutcomeIsRecorded_givesTheReserveUpForIt(Watched watched) throws Exception {
        Site site = site("full");
        Path reserve = site.spool().resolve("reserve.bin");
        Files.write(reserve, new byte[100_000]);
        assertThat(run(site, watched, "write:error=ENOSPC:when=1")).containsExactly("done 0", "done 1");
        assertThat(reserve).doesNotExist();
        assertOneCopyEach(site, "after a full disk");
    }

    @Test
    void failedSync_whenAnOutcomeIsRecorded_isNotRepeated_andMakesNoSecondCopy() throws Exception {
        Site site = site("eio");
        assertThat(run(site, Watched.FILE, "fsync:error=EIO:when=1")).isEmpty();
        assertThat(Files.readAllLines(temp.resolve("strace.log")).stream().filter(line -> line.contains("fsync(")))
                .hasSize(1);
        assertOneCopyEach(site, "after a failed sync");
    }
}
