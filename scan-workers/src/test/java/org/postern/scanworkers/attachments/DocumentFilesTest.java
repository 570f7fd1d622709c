// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.attachments.Archives.PROGRAM;
import static org.postern.scanworkers.attachments.Archives.pdf;
import static org.postern.scanworkers.attachments.Archives.zip;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is in documents, and content that is not what its name says.
@Timeout(120)
class DocumentFilesTest {
    private Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    @Test
    void scan_ofMacros_findsThemInOldAndNewDocuments() throws Exception {
        assertThat(judge.symbols(
                        "a.docx", zip(Map.of("word/document.xml", new byte[9], "word/vbaProject.bin", new byte[9]))))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(judge.symbols("a.xlsx", zip(Map.of("xl/macrosheets/sheet1.xml", new byte[9]))))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(judge.symbols("a.doc", Oles.with("Root Entry", "WordDocument", "Macros", "VBA", "_VBA_PROJECT")))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(judge.symbols("a.doc", Oles.with("Root Entry", "WordDocument", "1Table")))
                .isEmpty();
        assertThat(judge.symbols(
                        "a.xls",
                        Oles.withRecord(
                                new byte[] {(byte) 0x85, 0, 14, 0, 1, 2, 3, 4, 0, 1, 6, 0, 'M', 'a', 'c', 'r', 'o', '1'
                                },
                                "Root Entry",
                                "Workbook")))
                .containsExactly("ATTACHMENT_MACROS");
        assertThat(judge.symbols("a.zip", zip(Map.of("deep/letter.doc", Oles.with("Root Entry", "VBA")))))
                .containsExactly("ATTACHMENT_MACROS");
    }

    @Test
    void scan_ofEncryptedDocuments_saysSo() throws Exception {
        assertThat(judge.symbols("a.docx", Oles.with("Root Entry", "EncryptionInfo", "EncryptedPackage")))
                .containsExactly("ATTACHMENT_ENCRYPTED_DOCUMENT");
        assertThat(judge.symbols(
                        "a.doc",
                        Oles.withRecord(
                                new byte[] {(byte) 0xec, (byte) 0xa5, (byte) 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                                "WordDocument")))
                .containsExactly("ATTACHMENT_ENCRYPTED_DOCUMENT");
        for (String password : List.of("", "secret")) {
            assertThat(judge.symbols("a.pdf", pdf(password)))
                    .isEqualTo(password.isEmpty() ? List.of() : List.of("ATTACHMENT_ENCRYPTED_DOCUMENT"));
        }
    }

    @Test
    void scan_ofADocumentThatFetchesItsTemplate_saysSo() throws Exception {
        String relations = "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/"
                + "officeDocument/2006/relationships/attachedTemplate\" Target=\"http://bad.example/x.dotm\""
                + " TargetMode=\"External\"/></Relationships>";
        assertThat(judge.symbols(
                        "a.docx",
                        zip(Map.of("word/_rels/settings.xml.rels", relations.getBytes(StandardCharsets.UTF_8)))))
                .containsExactly("ATTACHMENT_REMOTE_CONTENT");
        assertThat(judge.symbols(
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
        assertThat(judge.symbols("photo.jpg", PROGRAM)).containsExactly("ATTACHMENT_EXECUTABLE");
        byte[] elf = Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62}, 400);
        assertThat(judge.symbols("letter", elf)).containsExactly("ATTACHMENT_EXECUTABLE");
        byte[] page = "<!DOCTYPE html><html><body>hello</body></html>".getBytes(StandardCharsets.US_ASCII);
        assertThat(judge.symbols("invoice.pdf", page)).containsExactly("ATTACHMENT_TYPE_MISMATCH");
        assertThat(judge.symbols("page.html", page)).isEmpty();
        assertThat(judge.symbols("run.sh", "#!/bin/sh\necho hello\n".getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    @Test
    void scan_ofTextThatBeginsLikeAnArchive_isNoArchive() throws Exception {
        for (String text : List.of("070701 is the day we meet, ", "OK-lhasa is where we go, ")) {
            byte[] octets = text.repeat(50).getBytes(StandardCharsets.US_ASCII);
            assertThat(judge.symbols("letter.txt", octets)).as(text).isEmpty();
        }
        String cpio = "070701" + "0000000A".repeat(13); // begins like one, and is none
        for (String archive : List.of(cpio, "AB-lh5-CDEFGH")) {
            assertThat(judge.symbols("letter.txt", archive.getBytes(StandardCharsets.US_ASCII)))
                    .as(archive)
                    .containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
        }
    }

    @Test
    void scan_ofAPdfWhoseNamesAreWrittenInCodes_seesThatItIsEncrypted() throws Exception {
        for (String name : List.of("/Encrypt", "/#45ncrypt", "/#45#6e#63#72#79#70#74", "/Encryp#74")) {
            assertThat(judge.symbols(
                            "a.pdf", ("%PDF-1.7\ntrailer <<" + name + " 12 0 R>>").getBytes(StandardCharsets.US_ASCII)))
                    .as(name)
                    .containsExactly("ATTACHMENT_ENCRYPTED_DOCUMENT");
        }
        for (String other : List.of("/EncryptMetadata true", "/Encrypt", "/#4", "/Encrypt#", "/#zzncrypt 1 0 R")) {
            assertThat(judge.symbols("a.pdf", ("%PDF-1.7\n" + other).getBytes(StandardCharsets.US_ASCII)))
                    .as(other)
                    .isEmpty();
        }
    }
}
