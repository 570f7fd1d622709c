// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.deploy.command.Typed.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.delivery.spool.FileSpool;
import org.postern.delivery.spool.SpoolConfig;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.Submission;
import org.postern.deploy.OutputReference;

/// The commands about the store, as they are typed.
class StoreCommandsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "queue",
                "queue list",
                "queue show",
                "queue retry",
                "queue hold",
                "queue release",
                "queue delete",
                "queue pause",
                "queue resume",
                "queue stats",
                "quarantine",
                "quarantine list",
                "quarantine show",
                "quarantine release",
                "quarantine delete",
                "quarantine expire",
                "spool",
                "spool ls",
                "spool cat",
                "spool verify",
                "spool requeue",
                "spool salvage"
            })
    void everyCommand_explainsItself_andRefusesUnknownWords(String command) {
        Typed.explainsItself(command);
    }

    private HandoffId kept(byte[] octets) {
        SpoolConfig config = SpoolConfig.in(folder.resolve("spool"));
        HandoffId id = new HandoffId("mx1", TransactionId.create(System.currentTimeMillis()));
        Envelope envelope =
                Envelope.of(ReversePath.parse("sender@example.com"), List.of(ForwardPath.parse("alice@example.org")));
        try (FileSpool spool = FileSpool.open(config, InstantSource.system())) {
            Submission submission = new Submission(
                    id,
                    DedupKey.of(envelope, new byte[32]),
                    envelope,
                    Disposition.DELIVER,
                    octets.length,
                    true,
                    Instant.now());
            try (SpoolStore.Put put =
                    ((SpoolStore.Begin.Open) spool.begin(submission, Deadline.in(Duration.ofSeconds(20)))).put()) {
                put.write(octets, 0, octets.length);
                assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Accepted.class);
            }
        }
        return id;
    }

    @Test
    void spoolFolder_isListedVerifiedShownAndSalvaged_withoutAServer() throws IOException {
        byte[] octets = "Subject: x\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
        HandoffId id = kept(octets);
        String at = folder.resolve("spool").toString();
        assertThat(run(0, "spool", "ls", "--folder", at))
                .contains("PLACE")
                .contains(id.toString())
                .contains("alice@example.org");
        assertThat(run(0, "spool", "ls", "--json", "--folder", at)).startsWith("{\"place\":\"m\",\"name\":\"" + id);
        OutputReference.check(
                "spool ls",
                run(0, "spool", "ls", "--json", "--folder", at).lines().toList());
        assertThat(run(0, "spool", "verify", "--folder", at)).startsWith("1 files are right, 0 are not");
        assertThat(run(0, "spool", "cat", "--folder", at, id.toString()))
                .isEqualTo(new String(octets, StandardCharsets.US_ASCII));
        assertThat(run(1, "spool", "requeue", "--folder", at, id.toString())).isEmpty();
        assertThat(run(1, "spool", "cat", "--folder", at, "mx1.nothing")).isEmpty();

        Path file;
        try (var files = Files.walk(folder.resolve("spool/m"))) {
            file = files.filter(path -> path.endsWith(id.toString()))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] damaged = Files.readAllBytes(file);
        damaged[515] ^= 4;
        Files.write(file, damaged);
        assertThat(run(1, "spool", "verify", "--folder", at))
                .contains("wrong")
                .contains("0 files are right, 1 are not");
        Path out = folder.resolve("out.eml");
        assertThat(run(0, "spool", "salvage", "--folder", at, "--to", out.toString(), file.toString()))
                .contains("21 octets written")
                .contains("for alice@example.org");
        assertThat(out).hasSize(octets.length);
        assertThat(run(2, "spool", "ls", "--folder", folder.toString())).isEmpty();
    }
}
