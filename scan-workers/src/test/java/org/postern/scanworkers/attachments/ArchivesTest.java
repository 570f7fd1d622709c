// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.attachments.Archives.PROGRAM;
import static org.postern.scanworkers.attachments.Archives.run;
import static org.postern.scanworkers.attachments.Archives.tnef;
import static org.postern.scanworkers.attachments.Archives.zip;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZOutputFile;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.filter.Extract;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;

/// What is in archives, most of them made by the programs people use.
@Timeout(120)
class ArchivesTest {
    @TempDir
    private Path folder;

    private Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    @ParameterizedTest
    @CsvSource({
        "all.tar, tar cf all.tar setup.exe photo.jpg",
        "all.tar.gz, tar czf all.tar.gz setup.exe photo.jpg",
        "all.tar.bz2, tar cjf all.tar.bz2 setup.exe photo.jpg",
        "all.tar.xz, tar cJf all.tar.xz setup.exe photo.jpg",
        "all.ar, ar -rcs all.ar setup.exe photo.jpg",
        "all.zip, zip -q all.zip setup.exe photo.jpg",
        "stored.zip, zip -q -0 stored.zip setup.exe photo.jpg",
        "bzipped.zip, zip -q -Z bzip2 bzipped.zip setup.exe photo.jpg"
    })
    void scan_ofArchivesByRealPrograms_findsNamesAndContents(String archive, String command) throws Exception {
        Files.write(folder.resolve("setup.exe"), PROGRAM);
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        run(folder, command.split(" "));

        assertThat(judge.symbols("any.dat", Files.readAllBytes(folder.resolve(archive))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_EXECUTABLE");
    }

    @ParameterizedTest
    @CsvSource({"photo.jpg.gz, gzip photo.jpg", "photo.jpg.bz2, bzip2 photo.jpg", "photo.jpg.xz, xz photo.jpg"})
    void scan_ofOneCompressedProgram_findsIt(String archive, String command) throws Exception {
        Files.write(folder.resolve("photo.jpg"), PROGRAM);
        run(folder, command.split(" "));

        assertThat(judge.symbols(archive, Files.readAllBytes(folder.resolve(archive))))
                .containsExactly("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofCpioAndLz4_findsNamesAndContents() throws Exception {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (CpioArchiveOutputStream cpio = new CpioArchiveOutputStream(archive)) {
            CpioArchiveEntry entry = new CpioArchiveEntry("inner/photo.jpg", PROGRAM.length);
            cpio.putArchiveEntry(entry);
            cpio.write(PROGRAM);
            cpio.closeArchiveEntry();
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (FramedLZ4CompressorOutputStream lz4 = new FramedLZ4CompressorOutputStream(packed)) {
            lz4.write(archive.toByteArray());
        }
        for (byte[] octets : List.of(archive.toByteArray(), packed.toByteArray())) {
            assertThat(judge.symbols("all.dat", octets)).containsExactly("ATTACHMENT_EXECUTABLE");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "an ACE archive, 7, **ACE**",
        "a Zstandard file, 0, (\u00b5/\u00fd",
        "a virtual disk (VHD), 0, conectix",
        "an EGG archive, 0, EGGA",
        "an LHA archive, 2, -lh5-",
        "a disk image, 3, 'NTFS    '"
    })
    void scan_ofAContainerThatIsNotOpened_saysWhatItIs(String what, int at, String magic) throws Exception {
        byte[] octets = new byte[40_000];
        byte[] mark = magic.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(mark, 0, octets, at, mark.length);
        assertThat(judge.findings("letter.dat", octets)).singleElement().satisfies(finding -> {
            assertThat(finding.symbol()).isEqualTo("ATTACHMENT_ARCHIVE_UNREADABLE");
            assertThat(finding.evidence()).isEqualTo("letter.dat: " + what + ", which is not opened");
        });
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
            assertThat(judge.symbols("all.7z", octets))
                    .containsExactly(password.length == 0 ? "ATTACHMENT_EXECUTABLE" : "ATTACHMENT_ENCRYPTED");
        }
    }

    @Test
    void scan_ofAnEncryptedZipByZip_saysSo() throws Exception {
        Files.write(folder.resolve("letter.txt"), PROGRAM);
        run(folder, "zip", "-q", "-P", "secret", "all.zip", "letter.txt");

        assertThat(judge.symbols("all.zip", Files.readAllBytes(folder.resolve("all.zip"))))
                .containsExactly("ATTACHMENT_ENCRYPTED");
    }

    @Test
    void scan_ofAZipWhoseDirectoryHidesAFile_findsIt() throws Exception {
        byte[] hidden = zip(Map.of("photo.jpg", PROGRAM));
        byte[] shown = zip(Map.of("letter.txt", new byte[10]));
        int localEnd = indexOf(hidden, "PK\1\2");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(hidden, 0, localEnd); // no directory names it
        both.write(shown);

        assertThat(judge.symbols("a.zip", both.toByteArray())).contains("ATTACHMENT_EXECUTABLE");
    }

    @Test
    void scan_ofAZipWhoseHeadersContradict_triesWhatTheLocalOneSays() throws Exception {
        byte[] octets = zip(Map.of("photo.jpg", PROGRAM));
        octets[indexOf(octets, "PK\1\2") + 10] = 0; // the directory says: stored

        assertThat(judge.symbols("a.zip", octets)).contains("ATTACHMENT_EXECUTABLE");
    }

    private static int indexOf(byte[] octets, String text) {
        return new String(octets, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void scan_ofRar_judgesNamesAndSaysWhatItCannotSee() throws Exception {
        assertThat(judge.symbols("a.rar", Rars.four("setup.exe", 0x33, 0, new byte[20])))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(judge.symbols("a.rar", Rars.four("photo.jpg", 0x30, 0, PROGRAM)))
                .containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(judge.symbols("a.rar", Rars.four("photo.jpg", 0x33, 4, PROGRAM)))
                .containsExactlyInAnyOrder("ATTACHMENT_ENCRYPTED", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(judge.symbols("a.rar", Rars.five("setup.exe", 3, false, new byte[20])))
                .containsExactlyInAnyOrder("ATTACHMENT_BLOCKED_IN_ARCHIVE", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(judge.symbols("a.rar", Rars.five("photo.jpg", 0, false, PROGRAM)))
                .containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(judge.symbols("a.rar", Rars.five("photo.jpg", 0, true, PROGRAM)))
                .containsExactlyInAnyOrder("ATTACHMENT_ENCRYPTED", "ATTACHMENT_ARCHIVE_UNREADABLE");
        assertThat(judge.symbols("a.rar", Arrays.copyOf(Rars.four("a", 0x30, 0, PROGRAM), 60)))
                .containsExactlyInAnyOrder("ATTACHMENT_EXECUTABLE", "ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofARarWithTwoNamesForAFile_judgesBoth() throws Exception {
        String hidden = "photo.jpg\0" + "\0" + "\0evil" + "\0.exe";
        assertThat(judge.symbols("a.rar", Rars.four(hidden, 0x30, 0x200, new byte[20])))
                .containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        assertThat(judge.symbols(
                        "a.rar", Rars.four("setup.exe\0" + "\0" + "\0a.jp" + "\0g", 0x30, 0x200, new byte[20])))
                .containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofARarWithOneEncryptedFile_looksAtTheOthers() throws Exception {
        byte[] secret = Rars.five("letter.txt", 0, true, new byte[20]);
        byte[] open = Rars.five("photo.jpg", 0, false, PROGRAM);
        int start = 8 + 4 + 1 + 3; // behind signature and main header
        int end = 4 + 1 + 3; // the end of the archive
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(secret, 0, secret.length - end);
        both.write(open, start, open.length - start);
        assertThat(judge.symbols("a.rar", both.toByteArray()))
                .containsExactlyInAnyOrder(
                        "ATTACHMENT_ENCRYPTED", "ATTACHMENT_EXECUTABLE", "ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofWinmailDat_looksAtTheFilesInIt() throws Exception {
        assertThat(judge.symbols("winmail.dat", tnef("photo.jpg", PROGRAM))).containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(judge.symbols("winmail.dat", tnef("setup.exe", PROGRAM)))
                .containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        assertThat(judge.symbols("winmail.dat", tnef("a.zip", zip(Map.of("b/photo.jpg", PROGRAM)))))
                .containsExactly("ATTACHMENT_EXECUTABLE");
        assertThat(judge.symbols("winmail.dat", Arrays.copyOf(tnef("photo.jpg", PROGRAM), 100)))
                .containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofAnyAttachment_givesItsHashToOthers() throws Exception {
        byte[] large = new byte[300_000];
        for (byte[] content : List.of("hello".getBytes(StandardCharsets.US_ASCII), large, zip(Map.of("a", large)))) {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            assertThat(((FilterResult.Findings) judge.scan("a.dat", content)).extracts())
                    .containsExactly(new Extract.File(hash));
        }
        assertThat(judge.filter().extracts()).isTrue();
        assertThat(((FilterResult.Findings) judge.filter().scan(Mails.simple(), Deadline.in(Duration.ofSeconds(60))))
                        .extracts())
                .isEmpty();
    }

    @Test
    void scan_ofTheCarriersOfClamav_neverFails() throws Exception {
        for (Path file : Suites.files("clamav", "")) {
            judge.scan(file.getFileName().toString(), Files.readAllBytes(file));
        }
        assertThat(judge.symbols(
                        "a.7z", Files.readAllBytes(Suites.folder("clamav").resolve("clam.7z"))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        assertThat(judge.symbols(
                        "a.tar.gz", Files.readAllBytes(Suites.folder("clamav").resolve("clam.tar.gz"))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }
}
