// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.documents.Document.Note;
import org.postern.scanworkers.documents.DocumentReader.Reading;

/// The reader with its real processes.
@Timeout(300)
class DocumentReaderTest {
    private static final String LINK = "https://evil.example/login?x=1";

    @TempDir
    private static Path folder;

    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

    private static DocumentReader reader;

    @BeforeAll
    static void open() {
        reader = DocumentReader.shared(folder, METERS);
    }

    @AfterAll
    static void close() {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        reader.close();
        assertThat(before).isNotEmpty();
        before.forEach(
                process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(DocumentReader.inUse()).isEmpty();
    }

    private static Reading read(byte[] octets, boolean pictures) throws IOException, InterruptedException {
        return reader.read(max -> octets, pictures, Deadline.in(Duration.ofSeconds(60)));
    }

    private static Document document(byte[] octets, boolean pictures) throws IOException, InterruptedException {
        Reading reading = read(octets, pictures);
        assertThat(reading).isInstanceOf(Reading.Read.class);
        return ((Reading.Read) reading).document();
    }

    @Test
    void trouble_whereAllIsWell_isEmpty() throws Exception {
        assertThat(reader.trouble(Deadline.in(Duration.ofSeconds(60)))).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
    void read_ofAPictureWithACode_saysWhatTheCodeSays(String format) throws Exception {
        byte[] octets = Samples.file(Samples.code(LINK), format);

        assertThat(DocumentReader.reads(octets)).isTrue();
        Document document = document(octets, false);
        assertThat(document.codes()).containsExactly(LINK);
        assertThat(document.pictures()).isEmpty();
        assertThat(document.notes()).isEmpty();
    }

    @Test
    void read_ofAnInvertedCode_saysWhatTheCodeSays() throws Exception {
        BufferedImage image = Samples.code(LINK);
        for (int y = 0; y < 200; y++) {
            for (int x = 0; x < 200; x++) {
                image.setRGB(x, y, ~image.getRGB(x, y));
            }
        }
        assertThat(document(Samples.file(image, "png"), false).codes()).containsExactly(LINK);
    }

    @Test
    void read_ofTwoCodesInOnePicture_findsBoth() throws Exception {
        BufferedImage both = new BufferedImage(420, 220, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = both.createGraphics();
        graphics.fillRect(0, 0, 420, 220);
        graphics.drawImage(Samples.code("https://one.example/"), 5, 10, null);
        graphics.drawImage(Samples.code("https://two.example/"), 210, 10, null);
        graphics.dispose();

        assertThat(document(Samples.file(both, "png"), false).codes())
                .containsExactlyInAnyOrder("https://one.example/", "https://two.example/");
    }

    @Test
    void read_ofWebp_givesThePicture() throws Exception {
        byte[] octets = Base64.getDecoder().decode("UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=");

        assertThat(DocumentReader.reads(octets)).isTrue();
        assertThat(document(octets, true).pictures()).hasSize(1);
    }

    @Test
    void read_ofAnAnimation_putsTheFramesTogether() throws Exception {
        BufferedImage code = Samples.code(LINK);
        BufferedImage left = new BufferedImage(200, 200, BufferedImage.TYPE_INT_ARGB);
        BufferedImage right = new BufferedImage(200, 200, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < 200; y++) {
            for (int x = 0; x < 200; x++) {
                (x < 100 ? left : right).setRGB(x, y, code.getRGB(x, y) | 0xff000000);
            }
        }
        assertThat(document(Samples.file(left, "gif"), false).codes()).isEmpty();

        assertThat(document(Samples.animation(List.of(left, right)), false).codes())
                .containsExactly(LINK);
    }

    @Test
    void read_ofAPdf_givesTextLinksAndCodes() throws Exception {
        Document document =
                document(Samples.pdf("Dear customer", LINK, List.of(Samples.code("https://code.example/")), ""), false);

        assertThat(document.text()).contains("Dear customer");
        assertThat(document.links()).containsExactly(LINK);
        assertThat(document.codes()).containsExactly("https://code.example/");
        assertThat(document.notes()).isEmpty();
    }

    @Test
    void read_ofAPdfWithoutText_givesItsPagesAsPictures() throws Exception {
        Document document = document(Samples.pdf("", "", List.of(Samples.words("hello")), ""), true);

        assertThat(document.text()).isBlank();
        assertThat(document.pictures()).hasSize(1);
        assertThat(document.pictures().getFirst().width()).isBetween(1_600, 1_800);
    }

    @Test
    void read_ofAnEncryptedPdf_saysSo() throws Exception {
        assertThat(document(Samples.pdf("secret", "", List.of(), "word"), true).notes())
                .containsExactly(Note.ENCRYPTED);
    }

    @Test
    void read_ofAPictureWithTooManyPixels_decodesNothing() throws Exception {
        byte[] octets = Samples.file(Samples.code(LINK), "png");
        octets[16] = 0;
        octets[17] = 0;
        octets[18] = 0x70; // 28,672 wide and high
        octets[22] = 0x70;
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(octets, 12, 17);
        for (int i = 0; i < 4; i++) {
            octets[29 + i] = (byte) (crc.getValue() >> (24 - 8 * i));
        }
        Document document = document(octets, true);
        assertThat(document.notes()).containsExactly(Note.TOO_LARGE);
        assertThat(document.pictures()).isEmpty();
    }

    @Test
    void read_ofAPdfThatUnpacksToMoreThanThereIs_harmsOnlyItsProcess() throws Exception {
        Reading reading = read(Samples.bomb(), true);

        // On a busy machine its time is over before its memory is.
        assertThat(reading)
                .satisfiesAnyOf(
                        it -> assertThat(it).isInstanceOfAny(Reading.Refused.class, Reading.Read.class),
                        it -> assertThat(it)
                                .isInstanceOfSatisfying(
                                        Reading.NotRead.class,
                                        not -> assertThat(not.reason()).isEqualTo(NoVerdictReason.TIMED_OUT)));
        assertThat(document(Samples.file(Samples.code(LINK), "png"), false).codes())
                .containsExactly(LINK);
    }

    @Test
    void read_whenTheDeadlineIsNear_endsAndKillsTheProcess() throws Exception {
        document(Samples.file(Samples.code(LINK), "png"), false);
        byte[] large = Samples.file(new BufferedImage(5_000, 5_000, BufferedImage.TYPE_INT_RGB), "png");
        Reading reading = reader.read(max -> large, true, Deadline.in(Duration.ofMillis(30)));

        assertThat(reading)
                .isInstanceOfSatisfying(
                        Reading.NotRead.class, not -> assertThat(not.reason()).isEqualTo(NoVerdictReason.TIMED_OUT));
        assertThat(document(Samples.file(Samples.code(LINK), "png"), false).codes())
                .containsExactly(LINK);
    }

    @Test
    void read_afterItsProcessWasKilled_usesAnother() throws Exception {
        document(Samples.file(Samples.code(LINK), "png"), false);
        ProcessHandle.current().descendants().forEach(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
        assertThat(document(Samples.file(Samples.code(LINK), "png"), false).codes())
                .containsExactly(LINK);
    }

    @Test
    void read_whenItsProcessIsKilledMeanwhile_isNoFaultOfTheDocument() throws Exception {
        byte[] picture = Samples.file(Samples.code(LINK), "png");
        document(picture, false);
        List<Long> readers = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .map(ProcessHandle::pid)
                .toList();
        assertThat(readers).isNotEmpty();
        for (long pid : readers) {
            signal("STOP", pid);
        }
        CompletableFuture<Reading> reading = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                reading.complete(read(picture, false));
            } catch (IOException | InterruptedException e) {
                reading.completeExceptionally(e);
            }
        });
        while (METERS.get("postern.documents.reading").gauge().value() < 1) {
            Thread.sleep(10);
        }
        for (long pid : readers) {
            signal("KILL", pid);
        }

        assertThat(reading.get(30, TimeUnit.SECONDS)).isInstanceOf(Reading.NotRead.class);
        assertThat(document(picture, false).codes()).containsExactly(LINK);
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void read_ofADocumentBeyondTheBound_isRefused() throws Exception {
        assertThat(reader.read(byte[]::new, true, Deadline.in(Duration.ofSeconds(60))))
                .isInstanceOf(Reading.Refused.class);
    }

    @Test
    void read_ofNothingKnown_saysThatItIsDamaged() throws Exception {
        assertThat(document("hello".getBytes(StandardCharsets.US_ASCII), true).notes())
                .containsExactly(Note.DAMAGED);
        assertThat(DocumentReader.reads("hello".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }

    @Test
    void read_ofMutatedDocuments_alwaysComesBack() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> samples = List.of(
                Samples.file(Samples.code(LINK), "png"),
                Samples.file(Samples.code(LINK), "jpg"),
                Samples.file(Samples.code(LINK), "bmp"),
                Samples.animation(List.of(Samples.code(LINK), Samples.code("x"))),
                Samples.pdf("Dear customer", LINK, List.of(Samples.code(LINK)), ""));
        for (int i = 0; i < 200; i++) {
            byte[] octets = samples.get(i % samples.size()).clone();
            for (int k = random.nextInt(15); k >= 0; k--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                octets = Arrays.copyOf(octets, random.nextInt(octets.length));
            }
            assertThat(read(octets, random.nextBoolean()))
                    .as("seed %d, round %d", seed, i)
                    .isInstanceOfAny(Reading.Read.class, Reading.Refused.class);
        }
    }

    @Test
    void process_writesNothingBesideItsFontCache() throws Exception {
        document(Samples.pdf("Dear customer", LINK, List.of(), ""), true);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).allMatch(name -> name.equals(".pdfbox.cache"));
        }
    }
}
