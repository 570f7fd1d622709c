// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZOutputFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.filter.Extract;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;

/// What is in archives and documents, most of them made by the programs people use.
@Timeout(120)
class ArchivesTest {
    private static final byte[] PROGRAM = program();

    @TempDir
    private Path folder;

    private AttachmentsFilter filter = filter(UnpackConfig.DEFAULTS);

    private static AttachmentsFilter filter(UnpackConfig unpack) {
        AttachmentsConfig d = AttachmentsConfig.DEFAULTS;
        return new AttachmentsFilter(
                "attachments",
                new AttachmentsConfig(d.blockedExtensions(), 12, 12, 12, 2, 3, 4, 2, 1, 1, 6, 1, unpack),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        filter.close();
    }

    private static byte[] program() {
        byte[] octets = new byte[400];
        octets[0] = 'M';
        octets[1] = 'Z';
        octets[0x3c] = 0x40;
        octets[0x40] = 'P';
        octets[0x41] = 'E';
        return octets;
    }

    private static MailTransaction with(String name, byte[] content) {
        return Mails.of(
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: application/octet-stream",
                "Content-Disposition: attachment; filename=\"" + name + "\"",
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getMimeEncoder().encodeToString(content),
                "--b--");
    }

    private FilterResult scan(String name, byte[] content) throws InterruptedException {
        return filter.scan(with(name, content), Deadline.in(Duration.ofSeconds(60)));
    }

    private List<Finding> findings(String name, byte[] content) throws InterruptedException {
        FilterResult result = scan(name, content);
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return ((FilterResult.Findings) result).findings();
    }

    private List<String> symbols(String name, byte[] content) throws InterruptedException {
        return findings(name, content).stream().map(Finding::symbol).toList();
    }

    /// Runs a program in the folder.
    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] octets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(octets);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "all.tar, tar cf all.tar setup.exe photo.jpg",
        "all.tar.gz, tar czf all.tar.gz setup.exe photo.jpg",
        "all.tar.bz2, tar cjf all.tar.bz2 setup.exe photo.jpg",
        "all.tar.xz, tar cJf all.tar.xz setup.exe photo.jpg",
        "all.zip, zip -q all.zip setup.exe photo.jpg",
        "stored.zip, zip -q -0 stored.zip setup.exe photo.jpg",
        "bzipped.zip, zip -q -Z bzip2 bzipped.zip setup.exe photo.jpg"
    })
    void scan_ofArchivesByRealPrograms_findsNamesAndContents(String archive, String command) throws Exception {
        Files.write(folder.resolve("setup.exe"), PROGRAM);
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        run(command.split(" "));

        assertThat(symbols("any.dat", Files.readAllBytes(folder.resolve(archive))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_EXECUTABLE");
    }

    @ParameterizedTest
    @CsvSource({"photo.jpg.gz, gzip photo.jpg", "photo.jpg.bz2, bzip2 photo.jpg", "photo.jpg.xz, xz photo.jpg"})
    void scan_ofOneCompressedProgram_findsIt(String archive, String command) throws Exception {
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        run(command.split(" "));

        assertThat(symbols(archive, Files.readAllBytes(folder.resolve(archive))))
                .containsExactly("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofASevenZ_findsNamesAndContents() throws Exception {
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        for (char[] password : new char[][] {{}, "secret".toCharArray()}) {
            SeekableInMemoryByteChannel out = new SeekableInMemoryByteChannel();
            try (SevenZOutputFile archive =
                    password.length == 0 ? new SevenZOutputFile(out) : new SevenZOutputFile(out, password)) {
                archive.putArchiveEntry(archive.createArchiveEntry(folder.resolve("photo.jpg"), "inner/photo.jpg"));
                archive.write(PROGRAM);
                archive.closeArchiveEntry();
            }
            byte[] octets = Arrays.copyOf(out.array(), (int) out.size());
            assertThat(symbols("all.7z", octets))
                    .containsExactly(password.length == 0 ? "ATTACHMENT_EXECUTABLE" : "ATTACHMENT_ENCRYPTED");
        }
    }

    @Test
    void scan_ofAnEncryptedZipByZip_saysSo() throws Exception {
        Files.write(folder.resolve("letter.txt"), PROGRAM);
        run("zip", "-q", "-P", "secret", "all.zip", "letter.txt");

        assertThat(symbols("all.zip", Files.readAllBytes(folder.resolve("all.zip"))))
                .containsExactly("ATTACHMENT_ENCRYPTED");
    }

    @Test
    void scan_ofArchivesInArchives_opensThemAsFarAsTheBoundAndSaysWhereItEnds() throws Exception {
        byte[] octets = zip(Map.of("a.jpg", PROGRAM));
        for (int depth = 1; depth <= 8; depth++) {
            assertThat(symbols("a.zip", octets))
                    .as("depth %d", depth)
                    .containsExactly(depth <= 5 ? "ATTACHMENT_EXECUTABLE" : "ATTACHMENT_TOO_COMPLEX");
            octets = zip(Map.of("inner" + depth + ".zip", octets));
        }
    }

    @Test
    void scan_ofBombs_endsAtABoundAndSaysSo() throws Exception {
        byte[] zeros = new byte[64 << 20];
        assertThat(symbols("bomb.tar.gz", gzip(tarOf("zeros", zeros)))).containsExactly("ATTACHMENT_TOO_COMPLEX");
        assertThat(symbols("bomb.zip", zip(Map.of("a.gz", gzip(gzip(zeros)))))).doesNotContain("ATTACHMENT_BLOCKED");

        filter.close();
        filter = filter(
                new UnpackConfig(ByteSize.ofMiB(1), ByteSize.ofMiB(2), 100_000, 10, 5, Duration.ofSeconds(5), 1));
        assertThat(symbols("large.tar.gz", gzip(tarOf("zeros", Arrays.copyOf(zeros, 3 << 20)))))
                .containsExactly("ATTACHMENT_TOO_COMPLEX");
        assertThat(symbols("large.pdf", Arrays.copyOf("%PDF-1.4".getBytes(StandardCharsets.US_ASCII), 2 << 20)))
                .containsExactly("ATTACHMENT_TOO_COMPLEX");
        Map<String, byte[]> many = new java.util.TreeMap<>();
        for (int i = 0; i < 20; i++) {
            many.put("file" + i, new byte[10]);
        }
        assertThat(symbols("many.zip", zip(many))).containsExactly("ATTACHMENT_TOO_COMPLEX");
    }

    @Test
    void scan_thatTakesTooLong_saysSo() throws Exception {
        filter.close();
        filter = filter(new UnpackConfig(
                ByteSize.ofMiB(64), ByteSize.ofMiB(4000), 100_000, 2_000, 5, Duration.ofMillis(100), 1));
        byte[] noise = new byte[8 << 20];
        new Random(1).nextBytes(noise);
        Files.write(folder.resolve("noise"), noise);
        run("sh", "-c", "cat noise noise noise > many && tar cf many.tar many && bzip2 -9 many.tar");

        assertThat(findings("many.tar.bz2", Files.readAllBytes(folder.resolve("many.tar.bz2"))))
                .anySatisfy(finding -> {
                    assertThat(finding.symbol()).isEqualTo("ATTACHMENT_TOO_COMPLEX");
                    assertThat(finding.evidence()).contains("100 ms");
                });
    }

    @Test
    void scan_afterTheDeadline_givesNoVerdict() throws Exception {
        FilterResult result = filter.scan(with("a.zip", zip(Map.of("a", new byte[10]))), Deadline.in(Duration.ZERO));

        assertThat(result)
                .isInstanceOfSatisfying(
                        FilterResult.NoVerdict.class,
                        silence -> assertThat(silence.reason())
                                .isIn(NoVerdictReason.TIMED_OUT, NoVerdictReason.OVERLOADED));
    }

    private static byte[] tarOf(String name, byte[] octets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var tar = new org.apache.commons.compress.archivers.tar.TarArchiveOutputStream(out)) {
            var entry = new org.apache.commons.compress.archivers.tar.TarArchiveEntry(name);
            entry.setSize(octets.length);
            tar.putArchiveEntry(entry);
            tar.write(octets);
            tar.closeArchiveEntry();
        }
        return out.toByteArray();
    }

    @Test
    void scan_ofAZipWhoseDirectoryHidesAFile_findsIt() throws Exception {
        byte[] hidden = zip(Map.of("photo.jpg", PROGRAM));
        byte[] shown = zip(Map.of("letter.txt", new byte[10]));
        int localEnd = indexOf(hidden, "PK\1\2");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(hidden, 0, localEnd); // no directory names it
        both.write(shown);

        assertThat(symbols("a.zip", both.toByteArray())).contains("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofAZipWhoseHeadersContradict_triesWhatTheLocalOneSays() throws Exception {
        byte[] octets = zip(Map.of("photo.jpg", PROGRAM));
        octets[indexOf(octets, "PK\1\2") + 10] = 0; // the directory says: stored

        assertThat(symbols("a.zip", octets)).contains("ATTACHMENT_EXECUTABLE");
    }

    private static int indexOf(byte[] octets, String text) {
        return new String(octets, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void scan_ofAnyAttachment_givesItsHashToOthers() throws Exception {
        byte[] large = new byte[300_000];
        for (byte[] content : List.of("hello".getBytes(StandardCharsets.US_ASCII), large, zip(Map.of("a", large)))) {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            assertThat(((FilterResult.Findings) scan("a.dat", content)).extracts())
                    .containsExactly(new Extract.File(hash));
        }
        assertThat(filter.extracts()).isTrue();
        assertThat(((FilterResult.Findings) filter.scan(Mails.simple(), Deadline.in(Duration.ofSeconds(60))))
                        .extracts())
                .isEmpty();
    }

    @Test
    void scan_ofRar_judgesNamesAndSaysWhatItCannotSee() throws Exception {
        assertThat(symbols("a.rar", Rars.four("setup.exe", 0x33, 0, new byte[20])))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(symbols("a.rar", Rars.four("photo.jpg", 0x30, 0, PROGRAM))).containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(symbols("a.rar", Rars.four("photo.jpg", 0x33, 4, PROGRAM)))
                .containsExactlyInAnyOrder("ATTACHMENT_ENCRYPTED", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(symbols("a.rar", Rars.five("setup.exe", 3, false, new byte[20])))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(symbols("a.rar", Rars.five("photo.jpg", 0, false, PROGRAM)))
                .containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(symbols("a.rar", Rars.five("photo.jpg", 0, true, PROGRAM)))
                .containsExactlyInAnyOrder("ATTACHMENT_ENCRYPTED", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(symbols("a.rar", Arrays.copyOf(Rars.four("a", 0x30, 0, PROGRAM), 60)))
                .containsExactlyInAnyOrder("ATTACHMENT_EXECUTABLE", "ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofWinmailDat_looksAtTheFilesInIt() throws Exception {
        assertThat(symbols("winmail.dat", tnef("photo.jpg", PROGRAM))).containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(symbols("winmail.dat", tnef("setup.exe", PROGRAM))).containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        assertThat(symbols("winmail.dat", tnef("a.zip", zip(Map.of("b/photo.jpg", PROGRAM)))))
                .containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(symbols("winmail.dat", Arrays.copyOf(tnef("photo.jpg", PROGRAM), 100)))
                .containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    private static byte[] tnef(String name, byte[] data) {
        byte[] title = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(6 + 3 * 11 + 14 + title.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x223e9f78)
                .putShort((short) 1)
                .put((byte) 2)
                .putInt(0x00069002)
                .putInt(14)
                .put(new byte[14 + 2])
                .put((byte) 2)
                .putInt(0x00018010)
                .putInt(title.length)
                .put(title)
                .putShort((short) 0)
                .put((byte) 2)
                .putInt(0x0006800f)
                .putInt(data.length)
                .put(data)
                .putShort((short) 0)
                .array();
    }

    @Test
    void scan_ofMacros_findsThemInOldAndNewDocuments() throws Exception {
        assertThat(symbols("a.docx", zip(Map.of("word/document.xml", new byte[9], "word/vbaProject.bin", new byte[9]))))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(symbols("a.xlsx", zip(Map.of("xl/macrosheets/sheet1.xml", new byte[9]))))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(symbols("a.doc", Oles.with("Root Entry", "WordDocument", "Macros", "VBA", "_VBA_PROJECT")))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(symbols("a.doc", Oles.with("Root Entry", "WordDocument", "1Table")))
                .isEmpty();
        assertThat(symbols(
                        "a.xls",
                        Oles.withRecord(
                                new byte[] {(byte) 0x85, 0, 14, 0, 1, 2, 3, 4, 0, 1, 6, 0, 'M', 'a', 'c', 'r', 'o', '1'
                                },
                                "Root Entry",
                                "Workbook")))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(symbols("a.zip", zip(Map.of("deep/letter.doc", Oles.with("Root Entry", "VBA")))))
                .containsExactly("ATTACHMENT_MACROS");
    }

    @Test
    void scan_ofEncryptedDocuments_saysSo() throws Exception {
        assertThat(symbols("a.docx", Oles.with("Root Entry", "EncryptionInfo", "EncryptedPackage")))
                .containsExactly("ATTACHMENT_ENCRYPTED_DOCUMENT");
        assertThat(symbols(
                        "a.doc",
                        Oles.withRecord(
                                new byte[] {(byte) 0xec, (byte) 0xa5, (byte) 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                                "WordDocument")))
                .containsExactly("ATTACHMENT_ENCRYPTED_DOCUMENT");
        for (String password : List.of("", "secret")) {
            assertThat(symbols("a.pdf", pdf(password)))
                    .isEqualTo(password.isEmpty() ? List.of() : List.of("ATTACHMENT_ENCRYPTED_DOCUMENT"));
        }
    }

    private static byte[] pdf(String password) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage());
            if (!password.isEmpty()) {
                StandardProtectionPolicy policy =
                        new StandardProtectionPolicy("owner", password, new AccessPermission());
                policy.setEncryptionKeyLength(256);
                document.protect(policy);
            }
            document.save(out);
        }
        return out.toByteArray();
    }

    @Test
    void scan_ofADocumentThatFetchesItsTemplate_saysSo() throws Exception {
        String relations = "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/"
                + "officeDocument/2006/relationships/attachedTemplate\" Target=\"http://bad.example/x.dotm\""
                + " TargetMode=\"External\"/></Relationships>";
        assertThat(symbols(
                        "a.docx",
                        zip(Map.of("word/_rels/settings.xml.rels", relations.getBytes(StandardCharsets.UTF_8)))))
                .containsExactly("ATTACHMENT_REMOTE_CONTENT");
        assertThat(symbols(
                        "a.docx",
                        zip(Map.of(
                                "word/_rels/document.xml.rels",
                                relations
                                        .replace("attachedTemplate", "hyperlink")
                                        .getBytes(StandardCharsets.UTF_8)))))
                .isEmpty();
    }

    @Test
    void scan_ofContentThatIsNotWhatTheNameSays_saysSo() throws Exception {
        assertThat(symbols("photo.jpg", PROGRAM)).containsExactly("ATTACHMENT_EXECUTABLE");
        byte[] elf = Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62}, 400);
        assertThat(symbols("letter", elf)).containsExactly("ATTACHMENT_EXECUTABLE");
        byte[] page = "<!DOCTYPE html><html><body>hello</body></html>".getBytes(StandardCharsets.US_ASCII);
        assertThat(symbols("invoice.pdf", page)).containsExactly("ATTACHMENT_TYPE_MISMATCH");
        assertThat(symbols("page.html", page)).isEmpty();
        assertThat(symbols("run.sh", "#!/bin/sh\necho hello\n".getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    @Test
    void scan_ofTheCarriersOfClamav_neverFails() throws Exception {
        for (Path file : Suites.files("clamav", "")) {
            scan(file.getFileName().toString(), Files.readAllBytes(file));
        }
        assertThat(symbols("a.7z", Files.readAllBytes(Suites.folder("clamav").resolve("clam.7z"))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        assertThat(symbols(
                        "a.tar.gz", Files.readAllBytes(Suites.folder("clamav").resolve("clam.tar.gz"))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofMutatedArchives_alwaysGivesAnAnswerInTime() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Files.write(folder.resolve("a.txt"), "hello ".repeat(200).getBytes(StandardCharsets.US_ASCII));
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        run(
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
            assertThat(scan("a.dat", octets)).as("seed %d", seed).isInstanceOf(FilterResult.Findings.class);
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
