// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.attachments.Archives.PROGRAM;
import static org.postern.scanworkers.attachments.Archives.run;
import static org.postern.scanworkers.attachments.Archives.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cabinets, made by gcab.
@Timeout(120)
class CabinetsTest {
    private static final int FOLDER_PACKING = 36 + 6;

    @TempDir
    private Path folder;

    private final Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    private byte[] cabinet(String options, Map<String, byte[]> files) throws Exception {
        for (var file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        Path made = folder.resolve("made.cab");
        Files.deleteIfExists(made);
        run(
                folder,
                "sh",
                "-c",
                "gcab -c " + options + " made.cab " + String.join(" ", new java.util.TreeSet<>(files.keySet())));
        return Files.readAllBytes(made);
    }

    /// Ten blocks that no packing makes shorter, and whose ends repeat what came 30,000 octets before.
    private static byte[] noise() {
        byte[] noise = new byte[320_000];
        new Random(1).nextBytes(noise);
        for (int at = 60_000; at + 1_000 < noise.length; at += 60_000) {
            System.arraycopy(noise, at - 30_000, noise, at, 1_000);
        }
        return noise;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-z", "-n", "-z -n"})
    void scan_ofACabinet_findsNamesAndContents(String options) throws Exception {
        byte[] octets = cabinet(
                options,
                Map.of(
                        "a.txt",
                        noise(),
                        "b.jpg",
                        PROGRAM,
                        "c.exe",
                        new byte[10],
                        "d.txt",
                        new byte[0],
                        "e.txt",
                        noise()));

        assertThat(judge.symbols("letter.dat", octets))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_EXECUTABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-z"})
    void folder_ofACabinet_unpacksToWhatWasPacked(String options) throws Exception {
        byte[] text = "all work and no play ".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        byte[] octets = cabinet(options, Map.of("a.txt", noise(), "b.txt", text));

        Cabinet cabinet = Cabinet.of(octets);

        assertThat(cabinet.damaged()).isFalse();
        assertThat(cabinet.entries()).extracting(Cabinet.Entry::name).containsExactly("a.txt", "b.txt");
        assertThat(unpacked(octets, cabinet)).isEqualTo(joined(noise(), text));
    }

    private static byte[] unpacked(byte[] octets, Cabinet cabinet) throws IOException {
        try (CabinetFolder in = new CabinetFolder(octets, cabinet.folders().getFirst())) {
            in.endAt(cabinet.entries().stream().mapToLong(Cabinet.Entry::size).sum());
            return in.readAllBytes();
        }
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    @Test
    void scan_ofACabinetInArchivesAndOfArchivesInIt_goesOn() throws Exception {
        byte[] octets = cabinet("-z", Map.of("inner.zip", zip(Map.of("photo.jpg", PROGRAM))));

        assertThat(judge.symbols("outer.zip", zip(Map.of("a.dat", octets)))).containsExactly("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofACabinetWithAPackingThatIsNotOpened_judgesNamesAndSaysWhatItCannotSee() throws Exception {
        byte[] octets = cabinet("-z", Map.of("letter.pdf.exe", PROGRAM));
        octets[FOLDER_PACKING] = 3; // LZX

        assertThat(judge.symbols("a.cab", octets))
                .containsExactlyInAnyOrder(
                        "ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_NAME_DISGUISED", "ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofACabinetThatIsDamaged_saysSo() throws Exception {
        byte[] octets = cabinet("-z", Map.of("a.txt", noise(), "b.jpg", PROGRAM));

        assertThat(judge.symbols("a.cab", Arrays.copyOf(octets, octets.length / 2)))
                .containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(judge.symbols("a.cab", Arrays.copyOf(octets, 50))).containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
        byte[] other = octets.clone();
        other[(int) Cabinet.of(octets).folders().getFirst().from() + 8] = 'X'; // no signature of MSZIP
        assertThat(judge.symbols("a.cab", other)).containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
        ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putShort(26, (short) 0); // no folder
        assertThat(judge.symbols("a.cab", other)).containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofABombInACabinet_endsAtABound() throws Exception {
        byte[] octets = cabinet("-z", Map.of("a.txt", new byte[40_000_000]));
        assertThat(judge.symbols("a.cab", octets)).isEmpty(); // no archive: only its beginning is unpacked

        byte[] zip = zip(Map.of("zeros", new byte[1_000]));
        assertThat(judge.symbols("a.cab", cabinet("-z", Map.of("a.zip", Arrays.copyOf(zip, 40_000_000)))))
                .containsExactly("ATTACHMENT_TOO_COMPLEX");
    }

    @Test
    void scan_ofFilesThatOverlap_looksAtEachAndEndsAtABound() throws Exception {
        byte[] octets = cabinet("-z", Map.of("a.txt", noise(), "b.jpg", PROGRAM));
        ByteBuffer numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        int files = numbers.getInt(16);
        numbers.putInt(files + 16 + "a.txt".length() + 1 + 4, noise().length - 1); // b starts in a
        numbers.putInt(files, noise().length + 5); // a ends in b
        assertThat(judge.symbols("a.cab", octets)).isEmpty();
        numbers.putInt(files + 16 + "a.txt".length() + 1 + 4, noise().length);
        assertThat(judge.symbols("a.cab", octets)).containsExactly("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofMutatedCabinets_alwaysGivesAnAnswer() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] text = "all work and no play ".repeat(5_000).getBytes(StandardCharsets.US_ASCII);
        byte[] packed = cabinet("-z", Map.of("a.txt", text, "b.jpg", PROGRAM, "c.txt", text));
        byte[] stored = cabinet("", Map.of("a.txt", text, "b.jpg", PROGRAM));
        for (int i = 0; i < 1_000; i++) {
            byte[] octets = (i % 2 == 0 ? packed : stored).clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                octets[26 + random.nextInt(random.nextBoolean() ? 120 : octets.length - 26)] =
                        (byte) random.nextInt(256);
            }
            assertThat(judge.findings("a.cab", octets)).as("seed %d", seed).hasSizeLessThan(10);
        }
    }
}
