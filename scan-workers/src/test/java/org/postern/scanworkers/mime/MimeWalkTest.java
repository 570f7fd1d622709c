// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;

@Timeout(120)
class MimeWalkTest {
    private record Shown(MimePart part, String text) {}

    private final List<Shown> shown = new ArrayList<>();

    private MimeSummary walk(MailTransaction mail) throws IOException {
        shown.clear();
        return MimeWalk.walk(
                mail.content(),
                mail.header(),
                MimeLimits.DEFAULTS,
                (part, decoded) ->
                        shown.add(new Shown(part, new String(decoded.readAllBytes(), StandardCharsets.ISO_8859_1))));
    }

    private MimeSummary everyReading(MailTransaction mail) throws IOException {
        shown.clear();
        return MimeWalk.everyReading(
                mail.content(),
                mail.header(),
                MimeLimits.DEFAULTS,
                (part, decoded) ->
                        shown.add(new Shown(part, new String(decoded.readAllBytes(), StandardCharsets.ISO_8859_1))));
    }

    private String allText() {
        StringBuilder all = new StringBuilder();
        shown.forEach(one -> all.append(one.text));
        return all.toString();
    }

    @Test
    void walk_ofAPlainMail_showsItsBody() throws Exception {
        MimeSummary summary = walk(Mails.simple());
        assertThat(shown).singleElement().satisfies(one -> assertThat(one.text).isEqualTo("Good morning.\r\n"));
        assertThat(summary.ambiguities()).isEmpty();
    }

    @Test
    void walk_ofAnHonestMultipart_showsDecodedPartsAndNoAmbiguity() throws Exception {
        String data = Base64.getMimeEncoder()
                .encodeToString("all the octets of an attachment".repeat(9).getBytes(StandardCharsets.US_ASCII));
        MimeSummary summary = walk(Mails.of(
                "Subject: two parts",
                "Content-Type: multipart/mixed; boundary=\"b1\"",
                "",
                "preamble",
                "--b1",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "",
                "Gr=C3=BC=",
                "=C3=9Fe",
                "--b1",
                "Content-Type: application/pdf; name=\"a.pdf\"",
                "Content-Transfer-Encoding: base64",
                "",
                data,
                "--b1--"));
        assertThat(summary.ambiguities()).isEmpty();
        assertThat(summary.complete()).isTrue();
        assertThat(new String(shown.get(1).text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo("Grüße\r\n");
        assertThat(shown.get(2).text).isEqualTo("all the octets of an attachment".repeat(9));
        assertThat(shown.get(2).part.fileNames()).containsExactly("a.pdf");
    }

    @Test
    void walk_ofAMessageInAMessage_showsTheInnerParts() throws Exception {
        walk(Mails.of(
                "Content-Type: multipart/mixed; boundary=out",
                "",
                "--out",
                "Content-Type: message/rfc822",
                "",
                "Subject: inner",
                "Content-Type: multipart/mixed; boundary=in",
                "",
                "--in",
                "Content-Type: application/x-thing; name=inner.exe",
                "Content-Transfer-Encoding: base64",
                "",
                "aGlkZGVu",
                "--in--",
                "--out--"));
        assertThat(shown).anySatisfy(one -> {
            assertThat(one.text).isEqualTo("hidden");
            assertThat(one.part.fileNames()).containsExactly("inner.exe");
        });
    }

    @Test
    void walk_ofAnEncodedMessage_opensIt() throws Exception {
        String inner = String.join(
                "\r\n",
                "Content-Type: application/x-thing; name=deep.exe",
                "Content-Transfer-Encoding: base64",
                "",
                "aGlkZGVu",
                "");
        MimeSummary summary = walk(Mails.of(
                "Content-Type: message/rfc822",
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getMimeEncoder().encodeToString(inner.getBytes(StandardCharsets.US_ASCII))));
        assertThat(shown).anySatisfy(one -> assertThat(one.part.fileNames()).containsExactly("deep.exe"));
        assertThat(summary.ambiguities()).contains(Ambiguity.UNDECLARED_ENCODING);
    }

    @Test
    void walk_ofAUuencodedFileInAText_showsItUnderItsName() throws Exception {
        walk(Mails.of("Subject: old style", "", "see below", "begin 644 cat.exe", "#0V%T", "`", "end", "bye"));
        assertThat(shown).anySatisfy(one -> {
            assertThat(one.part.fileNames()).containsExactly("cat.exe");
            assertThat(one.text).isEqualTo("Cat");
        });
        assertThat(allText()).contains("see below").contains("bye");
    }

    @Test
    void fileNames_inEveryWriting_areAllFound() throws Exception {
        walk(Mails.of(
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: application/x; name==?utf-8?B?YS5leGU=?=",
                "Content-Disposition: attachment; filename*0*=utf-8''%62; filename*1=\".exe\"",
                "",
                "x",
                "--b",
                "Content-Disposition: attachment; filename*=iso-8859-1'en'c%2Eexe; filename=\"harmless.txt\"",
                "",
                "x",
                "--b--"));
        List<String> names = new ArrayList<>();
        shown.forEach(one -> names.addAll(one.part.fileNames()));
        assertThat(names).contains("a.exe", "b.exe", "c.exe", "harmless.txt");
    }

    @Test
    void walk_ofTheMalformedMails_showsTheHiddenAttachment() throws Exception {
        for (Path file : Suites.files("clamav", ".eml")) {
            MimeSummary summary = walk(Mails.of(Suites.mail(file)));
            assertThat(summary.ambiguities()).as(file.toString()).isNotEmpty();
            assertThat(shown).as(file.toString()).anySatisfy(one -> {
                assertThat(one.part.fileNames()).contains("clam.exe");
                assertThat(one.text).startsWith("MZP");
            });
        }
    }

    /// Whoever reads the mail in the way of the most generous program opens `hidden.js`; every line stands in some mail
    /// that was made to deceive.
    @Test
    void everyReading_ofWhatHidesAnAttachment_showsItUnderItsName() throws Exception {
        String disposition = "Content-Disposition: attachment; filename=hidden.js";
        String encoding = "Content-Transfer-Encoding: base64";
        // Too short to be told from words, and with characters that mean nothing.
        String body = "aGlk\r\nZGVu\r\n";
        String junk = "a!G.l#k\r\nZ*G,V?u\r\n";
        String long70k = "X-Filler: " + "x".repeat(900) + "\r\n";
        List<String> parts = List.of(
                disposition + "\r\n" + encoding + "\r\n\r\n" + junk,
                "Content-Transfer-Encoding: quoted-printable\r\n" + disposition + "\r\n" + encoding + "\r\n\r\n" + body,
                encoding + "\r\n" + disposition + "\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + body,
                "Content-Type: image/png\r\nno field\r\n" + disposition + "\r\n" + encoding + "\r\n\r\n" + body,
                "Content-Type: image/png\r\nno field\r\n" + long70k.repeat(80) + disposition + "\r\n" + encoding
                        + "\r\n\r\n" + body,
                "Content-Type: image/png\r\nX-\u00fc: 1\r\n" + disposition + "\r\n" + encoding + "\r\n\r\n" + body,
                "Content-Type: image/png\r\n \r\n" + disposition + "\r\n" + encoding + "\r\n\r\n" + body,
                long70k.repeat(80) + disposition + "\r\n" + encoding + "\r\n\r\n" + body,
                "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n" + disposition + "\r\n"
                        + encoding + "\r\n\r\n" + body,
                "Content-Type: message/rfc822\r\n\r\nSubject: no type\r\n" + disposition + "\r\n" + encoding
                        + "\r\n\r\n" + body);
        for (String part : parts) {
            byte[] mail = ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + "--b--\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            everyReading(Mails.of(mail));
            assertThat(shown).as(part).anySatisfy(one -> {
                assertThat(one.part.fileNames()).contains("hidden.js");
                assertThat(one.text).isEqualTo("hidden");
            });
        }
    }

    @Test
    void everyReading_ofADelimiterThatNoFieldDeclaresAsItStands_showsThePart() throws Exception {
        for (String[] boundary : new String[][] {
            {"boundary=\"" + "b".repeat(3_000) + "\"", "b".repeat(3_000)},
            {"a=1; ".repeat(300) + "boundary=b", "b"},
            {"boundary=\"=?utf-8?q?b?=\"", "=?utf-8?q?b?="},
            {"boundary=\"gr\u00c3\u00bcn\"", "gr\u00c3\u00bcn"}
        }) {
            byte[] mail = ("Content-Type: multipart/mixed; " + boundary[0] + "\r\n\r\n--" + boundary[1] + "\r\n"
                            + "X-Filler: x\r\n".repeat(100)
                            + "Content-Disposition: attachment; filename=hidden.js\r\n\r\nx\r\n--" + boundary[1]
                            + "--\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            everyReading(Mails.of(mail));
            assertThat(shown)
                    .as(boundary[0])
                    .anySatisfy(one -> assertThat(one.part.fileNames()).contains("hidden.js"));
        }
    }

    @Test
    void everyReading_ofMoreBoundariesThanAreKept_saysThatItIsIncomplete() throws Exception {
        StringBuilder mail = new StringBuilder("Content-Type: multipart/mixed");
        for (int i = 0; i < 3_000; i++) {
            mail.append(";\r\n boundary=b").append(i);
        }
        assertThat(everyReading(Mails.of(mail.append("\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII)))
                        .complete())
                .isFalse();
    }

    @Test
    void walk_ofMoreFieldsOfMimeThanAreKept_saysThatItIsIncomplete() throws Exception {
        String fields = "Content-Disposition: attachment; filename=a.txt\r\n".repeat(400);
        assertThat(walk(Mails.of((fields + "\r\nx\r\n").getBytes(StandardCharsets.US_ASCII)))
                        .complete())
                .isFalse();
    }

    /// Signed by OpenSSL, in one piece and in several.
    @ParameterizedTest
    @ValueSource(strings = {"", "-stream "})
    void walk_ofAMessageInASignature_showsItsParts(String option, @TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("inner"),
                "Content-Type: application/javascript; name=hidden.js\r\nContent-Transfer-Encoding: base64\r\n\r\naGlkZGVu\r\n");
        String[] commands = {
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out cert",
            "openssl smime -sign " + option
                    + "-binary -nodetach -in inner -signer cert -inkey key -outform SMIME -out outer"
        };
        for (String command : commands) {
            Process process = new ProcessBuilder(command.split(" "))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        }
        String outer =
                Files.readString(folder.resolve("outer")).replace("\r", "").replace("\n", "\r\n");
        walk(Mails.of(outer.getBytes(StandardCharsets.US_ASCII)));
        assertThat(shown).anySatisfy(one -> {
            assertThat(one.part.fileNames()).contains("hidden.js");
            assertThat(one.text).isEqualTo("hidden");
        });
    }

    @Test
    void walk_ofWhatOnlyClaimsToBeSigned_showsItAsItIs() throws Exception {
        // The last one is signed data of values without end.
        String endless = Base64.getMimeEncoder()
                .encodeToString(java.util.HexFormat.of()
                        .parseHex("308006092a864886f70d010702a080308002010131803080" + "0500".repeat(60_000)));
        for (String body : List.of("", "MIIB", "MAsGCSqGSIb3DQEHAqA=", "aGVsbG8=", endless)) {
            walk(Mails.of("Content-Type: application/pkcs7-mime", "Content-Transfer-Encoding: base64", "", body));
            assertThat(shown).isNotEmpty();
        }
    }

    @Test
    void decodeWords_ofHostileShapes_isLinear() {
        for (String unit : List.of("=?", "=?a", "=?a?q?", "=?a?q?b", "?=", "=?a?b?c?=", "a=?", "=?a?q?=?= ")) {
            String text = unit.repeat(4_000_000 / unit.length());
            assertThatCode(() -> org.junit.jupiter.api.Assertions.assertTimeout(
                            Duration.ofSeconds(20), () -> FieldValues.decodeWords(text)))
                    .as(unit)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void walk_ofEverySuiteMail_ends() throws Exception {
        for (Path file : Suites.files("mime/james-mime4j", ".msg")) {
            assertThatCode(() -> walk(Mails.of(Suites.mail(file))))
                    .as(file.toString())
                    .doesNotThrowAnyException();
            assertThat(shown).as(file.toString()).isNotEmpty();
        }
    }

    @Test
    void walk_ofTooManyParts_stopsAndSaysSo() throws Exception {
        StringBuilder mail = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        mail.append("--b\r\n\r\nx\r\n".repeat(200_000));
        MimeSummary summary = walk(Mails.of(mail.toString().getBytes(StandardCharsets.US_ASCII)));
        assertThat(summary.complete()).isFalse();
        assertThat(shown).hasSize(MimeLimits.DEFAULTS.parts());
    }

    /// Every one of these is quadratic or endless in some parser.
    @Test
    void walk_ofHostileShapes_isLinear() {
        for (String line : List.of(
                "--a: b\r\n",
                "--x\r\nContent-Type: message/rfc822\r\n\r\n",
                "begin 644 a\r\n",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n \r\n",
                "Content-Type: multipart/mixed; boundary=b\r\n",
                "--\r\n",
                "-",
                "\r\n",
                "=\r\n",
                "Content-Type: message/rfc822\r\n\r\n",
                "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
                "a;b=\"\\\";")) {
            for (String head : List.of(
                    "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
                    "Content-Type: message/rfc822\r\n\r\n",
                    "Content-Transfer-Encoding: base64\r\n\r\n",
                    "junk\r\n",
                    "Content-Type: multipart/mixed; ")) {
                byte[] mail = (head + line.repeat(2_000_000 / line.length())).getBytes(StandardCharsets.US_ASCII);
                assertThatCode(() -> org.junit.jupiter.api.Assertions.assertTimeout(
                                Duration.ofSeconds(20), () -> everyReading(Mails.of(mail))))
                        .as(head + line)
                        .doesNotThrowAnyException();
            }
        }
    }

    /// Cuts, joins and flips the suite's mails: the walk always ends, and always shows something.
    @Test
    void walk_ofMutatedMails_neverFails() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> mails = new ArrayList<>();
        for (Path file : Suites.files("mime/james-mime4j", ".msg")) {
            if (Files.size(file) < 20_000) {
                mails.add(Suites.mail(file));
            }
        }
        for (Path file : Suites.files("clamav", ".eml")) {
            mails.add(Suites.mail(file));
        }
        for (int round = 0; round < 1_500; round++) {
            byte[] one = mails.get(random.nextInt(mails.size())).clone();
            byte[] other = mails.get(random.nextInt(mails.size()));
            for (int i = 0; i < random.nextInt(20); i++) {
                one[random.nextInt(one.length)] = (byte) random.nextInt(256);
            }
            int cut = random.nextInt(one.length);
            int from = random.nextInt(other.length);
            byte[] joined = java.util.Arrays.copyOf(one, cut + other.length - from);
            System.arraycopy(other, from, joined, cut, other.length - from);
            assertThatCode(() -> everyReading(Mails.of(joined)))
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }
}
