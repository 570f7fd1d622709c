// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// The memory of handoffs over days, with a clock that the test moves.
class DedupLogTest {
    @TempDir
    private Path temp;

    private Instant now = Instant.parse("2026-05-01T10:30:00Z");
    private final InstantSource clock = () -> now;
    private final FaultyDisk disk = new FaultyDisk();

    /// The memory and what is behind it, as a store has it.
    private final class Opened implements AutoCloseable {
        private final DirectorySync directories = new DirectorySync(1);
        private final DedupLog log = new DedupLog(disk, temp, clock, directories);
        private final HandoffMemory memory;

        Opened() throws IOException {
            memory = new HandoffMemory(SpoolConfig.in(temp), clock, log);
        }

        @Override
        public void close() throws IOException {
            memory.close();
            directories.close();
        }
    }

    private Submission mail(String text) {
        return SpoolStoreContract.submission(
                new HandoffId("mx1", org.postern.core.mail.TransactionId.create(now.toEpochMilli())),
                text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void finish(HandoffMemory memory, Submission mail) throws IOException {
        memory.record(
                LogRecord.Type.COMPLETE, mail.id(), Fingerprint.of(mail.dedupKey()), Mails.sha256(new byte[] {1}));
    }

    private static void prove(HandoffMemory memory, Submission mail) {
        memory.note(LogRecord.Type.PROVEN, mail.id(), LogRecord.NO_FINGERPRINT, LogRecord.noHash());
    }

    private long octets() throws IOException {
        long sum = 0;
        for (Path file : Mails.files(temp)) {
            sum += Files.size(file);
        }
        return sum;
    }

    @Test
    void log_isCompacted_andSaysTheSameAsBefore() throws IOException {
        List<Submission> delivered = new ArrayList<>();
        Submission unproven;
        Submission queued;
        HandoffId aborted = Mails.newId();
        try (Opened opened = new Opened()) {
            for (int i = 0; i < 100; i++) {
                Submission mail = mail("proven " + i);
                delivered.add(mail);
                opened.memory.accepted(mail);
                prove(opened.memory, mail);
                finish(opened.memory, mail);
            }
            unproven = mail("unproven");
            opened.memory.accepted(unproven);
            finish(opened.memory, unproven);
            queued = mail("queued");
            opened.memory.accepted(queued);
            prove(opened.memory, queued);
            opened.memory.record(LogRecord.Type.ABORTED, aborted, LogRecord.NO_FINGERPRINT, LogRecord.noHash());
            long before = octets();
            opened.memory.compact(queued.id()::equals);
            assertThat(octets()).as("the file of this hour stays").isEqualTo(before);

            now = now.plus(Duration.ofHours(1));
            opened.memory.expire();
            opened.memory.compact(queued.id()::equals);
            assertThat(octets()).isLessThan(before / 2).isGreaterThan(100L * LogRecord.LENGTH);
        }
        try (Opened again = new Opened()) {
            assertThat(delivered)
                    .allSatisfy(mail ->
                            assertThat(again.memory.isComplete(mail.id())).isTrue());
            assertThat(again.memory.known().finished(aborted)).isPresent();
            assertThat(again.memory
                            .known()
                            .unproven(Fingerprint.of(unproven.dedupKey()))
                            .orElseThrow()
                            .delivered())
                    .isTrue();
            assertThat(again.memory.known().unproven(Fingerprint.of(queued.dedupKey())))
                    .isEmpty();
            assertThat(again.memory.known().inLog(queued.id()))
                    .as("the scan must not take the mail for one whose record was lost")
                    .isTrue();

            now = now.plus(Duration.ofHours(25));
            again.memory.expire();
            again.memory.compact(id -> false);
            assertThat(octets()).as("only what is unproven").isEqualTo(2L * LogRecord.LENGTH);
        }
        try (Opened again = new Opened()) {
            assertThat(again.memory.known().unproven(Fingerprint.of(unproven.dedupKey())))
                    .isPresent();
            now = now.plus(Duration.ofDays(8));
            again.memory.expire();
            again.memory.compact(id -> false);
            assertThat(Mails.files(temp)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, LogRecord.LENGTH - 1})
    void recordThatIsTornAndCannotBeCutOff_putsNoOtherOutOfLine(int octets) throws IOException {
        List<Submission> mails = new ArrayList<>();
        try (Opened opened = new Opened()) {
            for (int i = 0; i < 3; i++) {
                mails.add(mail("mail " + i));
            }
            finish(opened.memory, mails.get(0));
            disk.tearNextWrite(octets);
            assertThatThrownBy(() -> finish(opened.memory, mails.get(1))).isInstanceOf(IOException.class);
            finish(opened.memory, mails.get(2));
        }
        try (Opened again = new Opened()) {
            assertThat(mails.stream().map(mail -> again.memory.isComplete(mail.id())))
                    .containsExactly(true, false, true);
            assertThat(again.log.replay(_ -> {})).as("damaged records").isZero();
        }
    }

    @Test
    void damagedFile_isNotCompacted() throws IOException {
        Path file;
        try (Opened opened = new Opened()) {
            for (int i = 0; i < 10; i++) {
                Submission mail = mail("x" + i);
                opened.memory.accepted(mail);
                prove(opened.memory, mail);
            }
            file = Mails.files(temp).getFirst();
        }
        byte[] octets = Files.readAllBytes(file);
        octets[70] ^= 1;
        Files.write(file, octets);
        now = now.plus(Duration.ofHours(1));
        try (Opened opened = new Opened()) {
            opened.memory.compact(id -> false);
            assertThat(file).hasBinaryContent(octets);
        }
    }
}
