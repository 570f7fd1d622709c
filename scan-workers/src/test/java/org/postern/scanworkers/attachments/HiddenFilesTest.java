// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.UnicodePathExtraField;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;

/// Files that stand where the programs of recipients find them, and scanners may not look.
@Timeout(120)
class HiddenFilesTest {
    private final Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    private static byte[] joined(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] nested() throws IOException {
        return Archives.zip(Map.of("inner.zip", Archives.zip(Map.of("virus.exe", Archives.PROGRAM))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "%PDF-1.4\n",
                "GIF89a\1\0\1\0",
                "BZh9",
                "MSCF\0\0\0\0",
                "x\u009f>\"\0\0",
                "\u001f\u008b\b\0",
                "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1",
                "Rar!\u001a\7\1\0",
                "7z\u00bc\u00af'\u001c\0\4"
            })
    void scan_ofAZipArchiveBehindWhatLooksLikeSomethingElse_looksIntoIt(String before) throws Exception {
        assertThat(judge.symbols("bill.zip", joined(latin1(before), nested())))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofAZipArchiveBehindAWholeTarArchive_looksIntoIt() throws Exception {
        byte[] tar = Archives.tarOf("readme.txt", new byte[10]);
        assertThat(judge.symbols("bill.zip", joined(tar, nested()))).contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofAnArchiveBehindOtherOctetsInAnArchive_looksIntoIt() throws Exception {
        byte[] outer = Archives.zip(Map.of("bill.zip", joined(latin1("x"), nested())));
        assertThat(judge.symbols("outer.zip", outer)).contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofAnHonestTarArchiveOfDocuments_countsThemOnce() throws Exception {
        byte[] tar = Archives.tarOf("letter.docx", Archives.zip(Map.of("word/document.xml", latin1("<w/>"))));
        assertThat(judge.symbols("letters.tar", tar)).isEmpty();
    }

    @Test
    void scan_ofAProgramWithAControlCharacterInItsName_findsIt() throws Exception {
        assertThat(judge.symbols("bill.zip", Archives.zip(Map.of("\1virus.exe", Archives.PROGRAM))))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofANameThatOnlyTheUnicodeFieldTells_findsIt() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
            ZipArchiveEntry entry = new ZipArchiveEntry("readme.txt");
            entry.addExtraField(new UnicodePathExtraField("virus.js", latin1("readme.txt")));
            zip.putArchiveEntry(entry);
            zip.write(latin1("WScript.Echo(1)"));
            zip.closeArchiveEntry();
        }
        assertThat(judge.symbols("bill.zip", out.toByteArray())).contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Relationships><Relationship\n Id='1' Type='http://x/attachedTemplate' TargetMode = 'External'/></Relationships>",
                "<r:Relationships xmlns:r='x'><r:Relationship Type='http://x/attachedTemplate' TargetMode='External'/></r:Relationships>",
                "<Relationships><Relationship Type='http://x/attachedTempl&#97;te' TargetMode='&#69;xternal'/></Relationships>"
            })
    void scan_ofATemplateFromElsewhere_findsItHoweverItIsWritten(String relations) throws Exception {
        String padded = relations.replaceFirst(">", "><!-- " + "x".repeat(100_000) + " -->");
        for (byte[] octets : new byte[][] {
            latin1(relations), latin1(padded), ("\ufeff" + relations).getBytes(StandardCharsets.UTF_16LE)
        }) {
            assertThat(judge.symbols("a.docx", Archives.zip(Map.of("word/_rels/settings.xml.rels", octets))))
                    .contains("ATTACHMENT_REMOTE_CONTENT");
        }
    }

    @Test
    void scan_ofRelationsThatUnfoldEntities_isSoonDone() throws Exception {
        String bomb = "<!DOCTYPE x [<!ENTITY a '" + "x".repeat(100) + "'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
                + "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><x>&c;<Relationship/></x>";
        assertThat(judge.symbols("a.docx", Archives.zip(Map.of("_rels/.rels", latin1(bomb)))))
                .isEmpty();
    }

    @Test
    void scan_ofMacrosUnderAnotherName_findsThemByTheTypeOfThePart() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(
                "[Content_Types].xml",
                latin1("<Types><Override PartName='/xl/a.xml' ContentType='application/vnd.ms-excel.macrosheet+xml'/>"
                        + "</Types>"));
        files.put("xl/a.xml", latin1("<x/>"));
        assertThat(judge.symbols("a.xlsx", Archives.zip(files))).contains("ATTACHMENT_MACROS");
    }

    private static ByteBuffer attribute(ByteBuffer out, int id, byte[] value) {
        return out.put((byte) 2).putInt(id).putInt(value.length).put(value).putShort((short) 0);
    }

    private static ByteBuffer tnef() {
        return ByteBuffer.allocate(4_000)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x223e9f78)
                .putShort((short) 1);
    }

    private static byte[] octets(ByteBuffer buffer) {
        byte[] octets = new byte[buffer.position()];
        buffer.flip().get(octets);
        return octets;
    }

    @Test
    void scan_ofAFileInATnefWhoseNameStandsBehindIt_findsTheName() throws Exception {
        ByteBuffer tnef = attribute(tnef(), 0x00069002, new byte[14]);
        attribute(attribute(tnef, 0x0006800f, latin1("x")), 0x00018010, latin1("virus.js\0"));
        assertThat(judge.symbols("winmail.dat", octets(tnef))).contains("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x1e, 0x1f})
    void scan_ofAFileInATnefWithALongName_findsThatName(int type) throws Exception {
        byte[] name = "virus.js\0".getBytes(type == 0x1f ? StandardCharsets.UTF_16LE : StandardCharsets.ISO_8859_1);
        ByteBuffer properties = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        properties
                .putInt(2)
                .putInt(0x37050003)
                .putInt(1)
                .putInt(0x37070000 | type)
                .putInt(1)
                .putInt(name.length);
        properties.put(name).position((properties.position() + 3) & ~3);
        ByteBuffer tnef = attribute(tnef(), 0x00069002, new byte[14]);
        attribute(attribute(tnef, 0x00018010, latin1("readme.txt\0")), 0x0006800f, latin1("x"));
        attribute(tnef, 0x00069005, octets(properties));
        assertThat(judge.symbols("winmail.dat", octets(tnef)))
                .contains("ATTACHMENT_BLOCKED_IN_ARCHIVE")
                .doesNotContain("ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofAPieceOfAMail_saysSo() throws Exception {
        FilterResult result = judge.filter()
                .scan(
                        Mails.of("Content-Type: message/partial; id=x; number=2; total=2", "", "the end of a virus"),
                        Deadline.in(Duration.ofSeconds(60)));
        assertThat(result)
                .isInstanceOfSatisfying(
                        FilterResult.Findings.class,
                        found -> assertThat(found.findings())
                                .anySatisfy(
                                        finding -> assertThat(finding.symbol()).isEqualTo("ATTACHMENT_FRAGMENT")));
    }
}
