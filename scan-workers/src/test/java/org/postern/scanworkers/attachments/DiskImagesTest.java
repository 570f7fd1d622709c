// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.attachments.Archives.PROGRAM;
import static org.postern.scanworkers.attachments.Archives.run;
import static org.postern.scanworkers.attachments.Archives.zip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Disk images with ISO 9660 and UDF, made by genisoimage.
@Timeout(120)
class DiskImagesTest {
    private static final int PRIMARY = 16 * 2_048;

    @TempDir
    private Path folder;

    private final Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    private static DiskFiles read(byte[] octets) {
        DiskFiles files = new DiskFiles();
        IsoImage.read(octets, files);
        UdfImage.read(octets, files);
        return files;
    }

    private static DiskFiles iso(byte[] octets) {
        DiskFiles files = new DiskFiles();
        IsoImage.read(octets, files);
        return files;
    }

    /// As programs write it that do without ISO 9660.
    private byte[] udfAlone(Map<String, byte[]> files) throws Exception {
        byte[] octets = image("-udf -no-pad", files);
        int udf = PRIMARY;
        while (octets[udf + 1] != 'B') {
            udf += 2_048;
        }
        System.arraycopy(octets, udf, octets, PRIMARY, 3 * 2_048);
        Arrays.fill(octets, PRIMARY + 3 * 2_048, udf + 3 * 2_048, (byte) 0);
        return octets;
    }

    private byte[] image(String options, Map<String, byte[]> files) throws Exception {
        for (var file : files.entrySet()) {
            Path at = folder.resolve("all").resolve(file.getKey());
            Files.createDirectories(at.getParent());
            Files.write(at, file.getValue());
        }
        run(folder, "sh", "-c", "genisoimage -quiet -o made.iso " + options + " all");
        return Files.readAllBytes(folder.resolve("made.iso"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-J", "-R", "-J -R", "-l -iso-level 4", "-J -R -no-pad", "-udf", "-J -R -udf"})
    void scan_ofAnImage_findsNamesAndContents(String options) throws Exception {
        byte[] octets = image(options, Map.of("setup.exe", new byte[10], "in/a/folder/photo.jpg", PROGRAM));

        assertThat(judge.symbols("letter.dat", octets))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofAnHonestImage_findsNothing() throws Exception {
        byte[] text = "hello ".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        byte[] octets = image("-J -R", Map.of("a.txt", text, "b/c.txt", text, "empty.txt", new byte[0]));

        assertThat(judge.findings("letter.dat", octets)).isEmpty();
    }

    @Test
    void entries_ofAnImageWithSeveralTrees_haveAllNames() throws Exception {
        byte[] octets = image("-J -R", Map.of("A long name of a letter.html", PROGRAM));

        assertThat(iso(octets).entries()).singleElement().satisfies(entry -> {
            assertThat(entry.names()).containsExactlyInAnyOrder("A_LONG_N.HTM", "A long name of a letter.html");
            assertThat(entry.extents())
                    .singleElement()
                    .satisfies(extent -> assertThat(
                                    Arrays.copyOfRange(octets, extent.from(), extent.from() + extent.length()))
                            .isEqualTo(PROGRAM));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-iso-level 3", "-J", "-R", "-udf", "-udf -J -R"})
    void entries_ofDirectoriesOfManySectors_areAllThere(String options) throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            files.put("in/file" + i + ".txt", ("content " + i).getBytes(StandardCharsets.US_ASCII));
        }
        byte[] octets = image(options, files);

        DiskFiles all = options.contains("udf") ? read(octets) : iso(octets);

        assertThat(all.damaged()).isFalse();
        assertThat(all.entries()).hasSize(300).allSatisfy(entry -> {
            DiskFiles.Extent extent = entry.extents().getFirst();
            String content = new String(octets, extent.from(), extent.length(), StandardCharsets.US_ASCII);
            String expected = content.replace("content ", "file") + ".txt";
            assertThat(entry.names())
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(name).isEqualToIgnoringCase(expected));
        });
    }

    @Test
    void scan_ofNamesThatOnlyOneTreeShows_findsThem() throws Exception {
        for (String hidden : List.of("-J -hide setup.exe", "-J -hide-joliet setup.exe")) {
            byte[] octets = image(hidden, Map.of("setup.exe", PROGRAM, "a.txt", new byte[10]));
            assertThat(judge.symbols("letter.dat", octets)).as(hidden).containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        }
    }

    @Test
    void scan_ofAnImageInArchivesAndOfArchivesInIt_goesOn() throws Exception {
        byte[] octets = image("-J", Map.of("inner.zip", zip(Map.of("photo.jpg", PROGRAM))));

        assertThat(judge.symbols("outer.zip", zip(Map.of("a.dat", octets)))).containsExactly("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofAnImageThatBeginsLikeAnotherFile_looksIntoBoth() throws Exception {
        byte[] octets = image("-J", Map.of("photo.jpg", PROGRAM));
        byte[] zip = zip(Map.of("letter.txt", new byte[10]));
        for (byte[] before : List.of(
                zip, "%PDF-1.4".getBytes(StandardCharsets.US_ASCII), "MZ".getBytes(StandardCharsets.US_ASCII))) {
            System.arraycopy(before, 0, octets, 0, before.length);
            assertThat(judge.symbols("outer.zip", zip(Map.of("a.iso", octets)))).contains("ATTACHMENT_EXECUTABLE");
        }
    }

    @Test
    void scan_ofAnImageWithUdfAlone_findsNamesAndContents() throws Exception {
        byte[] octets =
                udfAlone(Map.of("setup.exe", new byte[10], "in/a/Ein \u0141.jpg", PROGRAM, "b.txt", new byte[0]));

        assertThat(new String(octets, StandardCharsets.ISO_8859_1)).doesNotContain("CD001");
        assertThat(judge.symbols("letter.dat", octets))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_EXECUTABLE");
        DiskFiles files = new DiskFiles();
        UdfImage.read(octets, files);
        assertThat(files.damaged()).isFalse();
        assertThat(files.entries().stream().flatMap(entry -> entry.names().stream()))
                .containsExactlyInAnyOrder("setup.exe", "Ein \u0141.jpg", "b.txt");
    }

    @Test
    void scan_ofUdfThatHidesWhatIso9660Shows_findsIt() throws Exception {
        for (String hidden : List.of("-hide setup.exe", "-J -hide setup.exe", "-J -hide-joliet setup.exe")) {
            byte[] octets = image("-udf " + hidden, Map.of("setup.exe", PROGRAM, "a.txt", new byte[10]));
            assertThat(judge.symbols("letter.dat", octets)).as(hidden).containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        }
    }

    @Test
    void scan_ofUdfThatIsNotUnderstood_saysSo() throws Exception {
        byte[] octets = udfAlone(Map.of("photo.jpg", PROGRAM));
        byte[] mapped = octets.clone();
        int volume = 32 * 2_048;
        while (mapped[volume] != 6) {
            volume += 2_048;
        }
        mapped[volume + 440] = 2; // a partition that is mapped
        byte[] without = octets.clone();
        without[256 * 2_048] = 0; // no anchor
        for (byte[] each : List.of(mapped, without)) {
            assertThat(judge.symbols("letter.dat", each)).containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
        }
    }

    @Test
    void scan_ofAnImageThatIsCutOff_saysSo() throws Exception {
        byte[] octets = image("-J -no-pad", Map.of("photo.jpg", Arrays.copyOf(PROGRAM, 100_000)));

        assertThat(judge.symbols("letter.dat", Arrays.copyOf(octets, octets.length - 50_000)))
                .containsExactlyInAnyOrder("ATTACHMENT_EXECUTABLE", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(judge.symbols("letter.dat", Arrays.copyOf(octets, 17 * 2_048)))
                .containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofDirectoriesInACircle_ends() throws Exception {
        byte[] octets = image("", Map.of("in/photo.jpg", PROGRAM, "letter.txt", new byte[10]));
        ByteBuffer numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        int root = numbers.getInt(PRIMARY + 156 + 2);
        int first = root * 2_048 + 34 + 34; // behind the directory itself and the one above
        numbers.putInt(first + 2, root);

        DiskFiles image = iso(octets);

        assertThat(image.damaged()).isFalse();
        assertThat(image.entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.names()).containsExactly("LETTER.TXT"));
    }

    @Test
    void scan_ofMoreDirectoriesThanAnybodyHas_endsAndSaysSo() throws Exception {
        byte[] octets = image("", Map.of("letter.txt", new byte[10]));
        byte[] large = Arrays.copyOf(octets, 30 << 20);
        ByteBuffer numbers = ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN);
        numbers.putShort(PRIMARY + 128, (short) 1); // a directory at every octet
        numbers.putInt(PRIMARY + 156 + 2, octets.length);
        numbers.putInt(PRIMARY + 156 + 10, 20 << 20);
        for (int at = octets.length; at + 2_048 < large.length; at += 2_048) {
            large[at] = 34;
            large[at + 25] = 2;
            large[at + 32] = 1;
            large[at + 33] = 'A';
            numbers.putInt(at + 2, at + 1);
            numbers.putInt(at + 10, 20 << 20);
        }

        assertThat(iso(large).damaged()).isTrue();
    }

    @Test
    void scan_ofMutatedImages_alwaysGivesAnAnswer() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] whole =
                image("-J -R -udf", Map.of("a/letter.txt", new byte[5_000], "b/photo.jpg", PROGRAM, "c.txt", PROGRAM));
        int first = 32_768;
        for (int i = 0; i < 4_000; i++) {
            byte[] octets = Arrays.copyOf(whole, random.nextInt(10) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int k = random.nextInt(8); k >= 0; k--) {
                boolean udf = random.nextBoolean(); // whose directories stand behind sector 256
                int at = udf ? 257 * 2_048 + random.nextInt(20 * 2_048) : first + random.nextInt(40 * 2_048);
                if (whole[at] != 0 && at < octets.length) {
                    octets[at] = (byte) random.nextInt(256);
                }
            }
            DiskFiles image = read(octets);
            for (DiskFiles.Entry entry : image.entries()) {
                assertThat(entry.extents()).as("seed %d", seed).allSatisfy(extent -> {
                    assertThat(extent.from()).isNotNegative();
                    assertThat(extent.from() + extent.length()).isBetween(0, octets.length);
                });
            }
            if (i % 50 == 0) {
                assertThat(judge.findings("a.iso", octets)).as("seed %d", seed).hasSizeLessThan(10);
            }
        }
    }
}
