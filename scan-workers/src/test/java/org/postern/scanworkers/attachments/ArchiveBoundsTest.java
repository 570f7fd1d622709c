// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.postern.scanworkers.attachments.Archives.PROGRAM;
import static org.postern.scanworkers.attachments.Archives.gzip;
import static org.postern.scanworkers.attachments.Archives.pdf;
import static org.postern.scanworkers.attachments.Archives.run;
import static org.postern.scanworkers.attachments.Archives.tarOf;
import static org.postern.scanworkers.attachments.Archives.tnef;
import static org.postern.scanworkers.attachments.Archives.with;
import static org.postern.scanworkers.attachments.Archives.zip;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;

/// Archives that take more than a mail may, or that are broken.
@Timeout(120)
class ArchiveBoundsTest {
    @TempDir
    private Path folder;

    private Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    @Test
    void scan_ofArchivesInArchives_opensThemAsFarAsTheBoundAndSaysWhereItEnds() throws Exception {
        byte[] octets = zip(Map.of("a.jpg", PROGRAM));
        for (int depth = 1; depth <= 8; depth++) {
            assertThat(judge.symbols("a.zip", octets))
                    .as("depth %d", depth)
                    .containsExactly(depth <= 5 ? "ATTACHMENT_EXECUTABLE" : "ATTACHMENT_TOO_COMPLEX");
            octets = zip(Map.of("inner" + depth + ".zip", octets));
        }
    }

    @Test
    void scan_ofBombs_endsAtABoundAndSaysSo() throws Exception {
        byte[] zeros = new byte[64 << 20];
        assertThat(judge.symbols("bomb.tar.gz", gzip(tarOf("zeros", zeros)))).containsExactly("ATTACHMENT_TOO_COMPLEX");
        assertThat(judge.symbols("bomb.zip", zip(Map.of("a.gz", gzip(gzip(zeros))))))
                .doesNotContain("ATTACHMENT_BLOCKED");

        judge.close();
        judge = new Judge(
                new UnpackConfig(ByteSize.ofMiB(1), ByteSize.ofMiB(2), 100_000, 10, 5, Duration.ofSeconds(5), 1));
        assertThat(judge.symbols("large.tar.gz", gzip(tarOf("zeros", Arrays.copyOf(zeros, 3 << 20)))))
                .containsExactly("ATTACHMENT_TOO_COMPLEX");
        assertThat(judge.symbols("large.pdf", Arrays.copyOf("%PDF-1.4".getBytes(StandardCharsets.US_ASCII), 2 << 20)))
                .containsExactly("ATTACHMENT_TOO_COMPLEX");
        Map<String, byte[]> many = new java.util.TreeMap<>();
        for (int i = 0; i < 20; i++) {
            many.put("file" + i, new byte[10]);
        }
        assertThat(judge.symbols("many.zip", zip(many))).containsExactly("ATTACHMENT_TOO_COMPLEX");
    }

    @Test
    void scan_ofFilesInFilesThatTakeMoreMemoryThanAPlaceHas_endsAndSaysSo() throws Exception {
        judge.close();
        judge = new Judge(
                new UnpackConfig(ByteSize.ofMiB(1), ByteSize.ofMiB(100), 250, 100, 5, Duration.ofSeconds(5), 1));
        byte[] noise = new byte[850_000];
        new Random(1).nextBytes(noise);
        byte[] once = zip(Map.of("noise", noise));

        assertThat(judge.symbols("once.zip", once)).isEmpty();
        assertThat(judge.findings("twice.zip", zip(Map.of("once.zip", once))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.symbol()).isEqualTo("ATTACHMENT_TOO_COMPLEX");
                    assertThat(finding.evidence()).contains("once.zip", "memory");
                });
    }

    @Test
    void scan_thatTakesTooLong_saysSo() throws Exception {
        judge.close();
        judge = new Judge(new UnpackConfig(
                ByteSize.ofMiB(64), ByteSize.ofMiB(4000), 100_000, 2_000, 5, Duration.ofMillis(100), 1));
        byte[] noise = new byte[8 << 20];
        new Random(1).nextBytes(noise);
        Files.write(folder.resolve("noise"), noise);
        run(folder, "sh", "-c", "cat noise noise noise > many && tar cf many.tar many && bzip2 -9 many.tar");

        assertThat(judge.findings("many.tar.bz2", Files.readAllBytes(folder.resolve("many.tar.bz2"))))
                .anySatisfy(finding -> {
                    assertThat(finding.symbol()).isEqualTo("ATTACHMENT_TOO_COMPLEX");
                    assertThat(finding.evidence()).contains("100 ms");
                });
    }

    @Test
    void scan_afterTheDeadline_givesNoVerdict() throws Exception {
        FilterResult result =
                judge.filter().scan(with("a.zip", zip(Map.of("a", new byte[10]))), Deadline.in(Duration.ZERO));

        assertThat(result)
                .isInstanceOfSatisfying(
                        FilterResult.NoVerdict.class,
                        silence -> assertThat(silence.reason())
                                .isIn(NoVerdictReason.TIMED_OUT, NoVerdictReason.OVERLOADED));
    }

    @Test
    void scan_ofMutatedArchives_alwaysGivesAnAnswerInTime() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Files.write(folder.resolve("a.txt"), "hello ".repeat(200).getBytes(StandardCharsets.US_ASCII));
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        run(
                folder,
                "sh",
                "-c",
                "zip -q a.zip a.txt photo.jpg; tar cf a.tar a.txt photo.jpg; gzip -k a.tar; bzip2 -k a.tar;"
                        + " xz -k a.tar");
        List<byte[]> samples = new java.util.ArrayList<>();
        for (String name : List.of("a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz")) {
            samples.add(Files.readAllBytes(folder.resolve(name)));
        }
        samples.add(Rars.four("photo.jpg", 0x30, 0, PROGRAM));
        samples.add(Rars.five("photo.jpg", 0, true, PROGRAM));
        samples.add(Oles.with("Root Entry", "Workbook", "VBA"));
        samples.add(pdf("secret"));
        samples.add(tnef("photo.jpg", PROGRAM));
        for (int i = 0; i < 1_500; i++) {
            byte[] octets = samples.get(i % samples.size()).clone();
            for (int k = random.nextInt(12); k >= 0; k--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                octets = Arrays.copyOf(octets, random.nextInt(octets.length));
            }
            assertThat(judge.scan("a.dat", octets)).as("seed %d", seed).isInstanceOf(FilterResult.Findings.class);
        }
    }

    @Test
    void settings_thatCannotBe_areRefused() {
        UnpackConfig d = UnpackConfig.DEFAULTS;
        assertThatThrownBy(() -> new UnpackConfig(new ByteSize(1), d.unpackedMax(), 250, 1, 1, d.time(), 1))
                .hasMessageContaining("file-max");
        assertThatThrownBy(() -> new UnpackConfig(d.fileMax(), new ByteSize(1), 250, 1, 1, d.time(), 1))
                .hasMessageContaining("unpacked-max");
        assertThatThrownBy(() -> new UnpackConfig(d.fileMax(), d.unpackedMax(), 1, 1, 1, d.time(), 1))
                .hasMessageContaining("ratio-max");
        assertThatThrownBy(() -> new UnpackConfig(d.fileMax(), d.unpackedMax(), 250, 0, 1, d.time(), 1))
                .hasMessageContaining("files-max");
        assertThatThrownBy(() -> new UnpackConfig(d.fileMax(), d.unpackedMax(), 250, 1, 0, d.time(), 1))
                .hasMessageContaining("depth");
        assertThatThrownBy(() -> new UnpackConfig(d.fileMax(), d.unpackedMax(), 250, 1, 1, Duration.ZERO, 1))
                .hasMessageContaining("time");
        assertThatThrownBy(() -> new UnpackConfig(d.fileMax(), d.unpackedMax(), 250, 1, 1, d.time(), 0))
                .hasMessageContaining("at-once");
    }
}
