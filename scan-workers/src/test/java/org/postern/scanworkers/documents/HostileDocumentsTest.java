// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.documents.Document.Note;
import org.postern.scanworkers.documents.DocumentReader.Reading;

/// Documents made to keep the reader busy.
@Timeout(300)
class HostileDocumentsTest {
    private static final String CATALOG = "<</Type/Catalog/Pages 2 0 R>>";
    private static final String PAGES = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
    private static final byte[] GIF_PIXELS = {2, 2, 0x4c, 1, 0};

    @TempDir
    private static Path folder;

    private static DocumentReader reader;

    @BeforeAll
    static void open() {
        reader = DocumentReader.shared(folder, new SimpleMeterRegistry());
    }

    @AfterAll
    static void close() {
        reader.close();
    }

    private static Document document(byte[] octets) throws IOException, InterruptedException {
        Reading reading = reader.read(max -> octets, false, Deadline.in(Duration.ofSeconds(60)));
        assertThat(reading).isInstanceOf(Reading.Read.class);
        return ((Reading.Read) reading).document();
    }

    private static byte[] pdf(String... objects) {
        StringBuilder file = new StringBuilder("%PDF-1.4\n");
        for (int i = 0; i < objects.length; i++) {
            file.append(i + 1).append(" 0 obj\n").append(objects[i]).append("\nendobj\n");
        }
        return file.append("trailer\n<</Root 1 0 R>>\n%%EOF\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String stream(String dictionary, String data) {
        return "<<" + dictionary + "/Length " + data.length() + ">>\nstream\n" + data + "\nendstream";
    }

    /// Each page of ten by ten, one octet a pixel.
    private static byte[] tiff(int pages, boolean circle) {
        int[][] entries = {
            {256, 10}, {257, 10}, {258, 8}, {259, 1}, {262, 1}, {273, 8}, {277, 1}, {278, 10}, {279, 100}, {284, 1}
        };
        int directory = 2 + 12 * entries.length + 4;
        ByteBuffer file = ByteBuffer.allocate(8 + pages * directory + 100).order(ByteOrder.LITTLE_ENDIAN);
        file.put("II".getBytes(StandardCharsets.US_ASCII)).putShort((short) 42).putInt(8);
        for (int page = 1; page <= pages; page++) {
            file.putShort((short) entries.length);
            for (int[] entry : entries) {
                file.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
            }
            file.putInt(page < pages ? 8 + page * directory : circle ? 8 : 0);
        }
        return file.array();
    }

    /// Frames of a few octets as large as the screen, each of which gives way to what was before.
    private static byte[] gif(int side, int frames) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        byte low = (byte) side;
        byte high = (byte) (side >> 8);
        file.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(new byte[] {low, high, low, high, (byte) 0x80, 0, 0, 0, 0, 0, -1, -1, -1});
        for (int i = 0; i < frames; i++) {
            file.writeBytes(new byte[] {0x21, (byte) 0xf9, 4, 3 << 2, 10, 0, 0, 0});
            file.writeBytes(new byte[] {0x2c, 0, 0, 0, 0, low, high, low, high, 0});
            file.writeBytes(GIF_PIXELS);
        }
        file.write(0x3b);
        return file.toByteArray();
    }

    @Test
    void read_ofATiffWhosePagesFollowEachOtherInACircle_looksAtSome() throws Exception {
        assertThat(document(tiff(3, true)).notes()).containsExactly(Note.CUT);
        assertThat(document(tiff(3, false)).notes()).isEmpty();
    }

    @Test
    void read_ofAnAnimationOfManyLargeFrames_paintsSome() throws Exception {
        assertThat(document(gif(2_600, 60)).notes()).containsExactly(Note.CUT);
        assertThat(document(gif(1, 100_000)).notes()).containsExactly(Note.CUT);
    }

    @Test
    void read_ofAPdfWithAMillionPages_readsTheFirst() throws Exception {
        byte[] octets = pdf(
                CATALOG,
                "<</Type/Pages/Kids[" + "3 0 R ".repeat(1_000_000) + "]/Count 1000000>>",
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
                stream("", "BT /F 9 Tf (page) Tj ET"),
                "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");

        Document document = document(octets);
        assertThat(document.notes()).containsExactly(Note.CUT);
        assertThat(document.text()).containsPattern("(page\\s+){50}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources 3 0 R/XObject 3 0 R>>",
                "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9/Parent 3 0 R>>",
                "<</Type/Page/Parent 3 0 R/Annots[3 0 R 4 0 R]/A 3 0 R/UserUnit 1e30/MediaBox[0 0 1e30 -1e30]>>",
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 0.0001 1e8]/Contents[3 0 R 4 0 R]>>",
            })
    void read_ofAPdfThatLeadsInACircle_ends(String page) throws Exception {
        byte[] octets = pdf(
                CATALOG,
                PAGES,
                page,
                stream("/Type/ObjStm/N 1/First 4/Extends 4 0 R/Parent 4 0 R", "5 0 <</A 4 0 R>>"));
        assertThat(document(octets).text()).isBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "<</A ", "<</A["})
    void read_ofAPdfThatIsNestedDeeply_ends(String level) throws Exception {
        assertThat(document(pdf(CATALOG, PAGES, "<</Type/Page/Parent 2 0 R/X " + level.repeat(300_000) + ">>"))
                        .text())
                .isBlank();
    }

    @Test
    void process_thatADocumentKeepsBusy_endsByItself_andSaysWhy() throws Exception {
        // A form that shows itself twice: two to the power of the depth that the library allows.
        byte[] octets = pdf(
                CATALOG,
                PAGES,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>",
                stream("", "/A Do /A Do"),
                stream(
                        "/Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<</XObject<</A 5 0 R>>>>",
                        "/A Do /A Do"));
        try (ReaderProcess process = ReaderProcess.start(folder)) {
            process.awaitReady();
            assertThatThrownBy(() -> process.read(new Wire.Job(false, 200_000, octets)))
                    .isInstanceOf(IOException.class);
            assertThat(process.ranOutOf()).isEqualTo(Optional.of("takes the processor longer to read than 10 s"));
        }
    }
}
