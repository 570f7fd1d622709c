// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;

@Timeout(120)
class AttachmentsFilterTest {
    private final Filter filter = new AttachmentsFilterFactory()
            .create(
                    AttachmentsConfig.DEFAULTS,
                    new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry()));

    private List<String> symbols(MailTransaction mail) throws InterruptedException {
        FilterResult result = filter.scan(mail, Deadline.in(Duration.ofSeconds(60)));
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return ((FilterResult.Findings) result)
                .findings().stream().map(Finding::symbol).toList();
    }

    private static MailTransaction named(String disposition, byte[] content) {
        return Mails.of(
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: application/octet-stream",
                "Content-Disposition: attachment; " + disposition,
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getMimeEncoder().encodeToString(content),
                "--b--");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "filename=virus.exe",
                "filename=\"VIRUS.EXE\"",
                "filename=\"virus.exe.\"",
                "filename=\"virus.exe \"",
                "filename=\"c:\\\\temp\\\\virus.scr\"",
                "filename*=utf-8''virus%2Eexe",
                "filename*0=vir; filename*1=us.e; filename*2=xe",
                "filename=\"=?utf-8?Q?virus=2Eexe?=\"",
                "filename=\"a.txt\"; filename=\"virus.exe\"",
                "filename=virus.exe::$DATA",
                "filename=\"harmless.txt\\\"; filename=virus.exe; x=\"",
                "filename=\"virus\".exe",
                "filename=virus.exe(a comment)",
                "filename(a comment)=virus.exe",
                "filename='virus.exe'",
                "filename=\"\"virus.exe\"\"",
                "filename*=utf-8''harmless.txt; filename*0=virus.exe",
                "filename*0=virus.exe; filename*0=harmless.txt",
                "filename*0=harmless.txt; filename*0=virus.exe",
                "filename*0=virus.exe; filename*2=.txt",
                "filename*=utf-8''virus.exe%00.txt",
                "filename*=utf-7''virus.+AGUAeABl-",
                "filename=\"=?utf-8?B?dmlydXMuZXhl?=\"",
                "filename=\"=?utf-8?B?dmlydXMuanM?=\"",
                "filename=\"=?utf-7?Q?virus.+AGUAeABl-?=\"",
                "filename=\"=?x-nobody-knows?Q?virus=2Eexe?=\"",
                "filename=\"virus.=?utf-8?Q?e?= =?utf-8?Q?xe?=\""
            })
    void scan_ofABlockedName_findsItHoweverItIsWritten(String disposition) throws Exception {
        assertThat(symbols(named(disposition, new byte[100]))).contains("ATTACHMENT_BLOCKED");
    }

    @Test
    void scan_ofABlockedNameBehindManyParameters_findsIt() throws Exception {
        assertThat(symbols(named("a=1; ".repeat(5_000) + "filename=virus.exe", new byte[100])))
                .contains("ATTACHMENT_BLOCKED");
        assertThat(symbols(named("filename=a; ".repeat(4_000) + "filename=virus.exe", new byte[100])))
                .contains("ATTACHMENT_BLOCKED");
    }

    @Test
    void scan_ofANumberOfAClassForAnExtension_findsItDisguised() throws Exception {
        assertThat(symbols(named("filename=\"bill.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}\"", new byte[100])))
                .contains("ATTACHMENT_NAME_DISGUISED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"filename=report.pdf", "filename=\"exe.txt\"", "filename=\"mail.example.org notes.doc\""})
    void scan_ofAnHonestName_findsNothing(String disposition) throws Exception {
        assertThat(symbols(named(disposition, new byte[100]))).isEmpty();
    }

    @Test
    void scan_ofANameThatLies_saysSo() throws Exception {
        assertThat(symbols(named("filename=\"invoice.pdf.exe\"", new byte[9]))).contains("ATTACHMENT_NAME_DISGUISED");
        assertThat(symbols(named("filename=\"invoice.pdf              .exe\"", new byte[9])))
                .contains("ATTACHMENT_NAME_DISGUISED");
        assertThat(symbols(named("filename*=utf-8''cod%E2%80%AEfdp.txt", new byte[9])))
                .contains("ATTACHMENT_NAME_DISGUISED");
    }

    @Test
    void scan_ofAZip_looksAtTheNamesInIt() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
            zip.write(new byte[100_000]);
            zip.putNextEntry(new ZipEntry("folder/setup.exe"));
            zip.write(new byte[10]);
        }
        assertThat(symbols(named("filename=all.zip", out.toByteArray())))
                .containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
    }

    @Test
    void scan_ofAnEncryptedZip_saysSo() throws Exception {
        byte[] header = new byte[80];
        byte[] start = {'P', 'K', 3, 4, 20, 0, 1, 0};
        System.arraycopy(start, 0, header, 0, start.length);
        header[26] = 5;
        System.arraycopy("a.txt".getBytes(StandardCharsets.US_ASCII), 0, header, 30, 5);
        assertThat(symbols(named("filename=all.zip", header))).contains("ATTACHMENT_ENCRYPTED");
    }

    @Test
    void zipHeaders_ofAHeaderAnywhereInALongStream_isFound() throws Exception {
        for (int at : new int[] {0, 1, 15_000, 15_313, 15_314, 15_315, 16_383, 16_384, 40_000}) {
            byte[] octets = new byte[50_000];
            byte[] start = {'P', 'K', 3, 4, 20, 0, 0, 0};
            System.arraycopy(start, 0, octets, at, start.length);
            octets[at + 26] = 5;
            System.arraycopy("a.exe".getBytes(StandardCharsets.US_ASCII), 0, octets, at + 30, 5);
            ZipHeaders names = new ZipHeaders();
            names.scan(new ByteArrayInputStream(octets));
            assertThat(names.names()).as("at %d", at).containsExactly("a.exe");
        }
    }

    @Test
    void zipHeaders_ofRandomOctets_neverFails() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] octets = new byte[random.nextInt(2_000)];
            for (int k = 0; k < octets.length; k++) {
                octets[k] = random.nextInt(3) == 0
                        ? (byte) random.nextInt(256)
                        : "PK\1\2\3\4".getBytes(StandardCharsets.US_ASCII)[random.nextInt(6)];
            }
            assertThatCode(() -> new ZipHeaders().scan(new ByteArrayInputStream(octets)))
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void scan_ofTheMalformedMails_findsTheHiddenName() throws Exception {
        for (Path file : Suites.files("clamav", ".eml")) {
            assertThat(symbols(Mails.of(Suites.mail(file))))
                    .as(file.toString())
                    .contains("ATTACHMENT_BLOCKED", "ATTACHMENT_AMBIGUOUS");
        }
    }

    @Test
    void scan_ofEverySuiteMail_givesAVerdict() throws Exception {
        for (Path file : Suites.files("mime/james-mime4j", ".msg")) {
            symbols(Mails.of(Suites.mail(file)));
        }
    }
}
