// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.postern.scanworkers.Silences.assertSilent;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigFile;
import org.postern.core.filter.Filter;
import org.postern.core.filter.Filter.FilterStatus;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;
import org.postern.scanworkers.documents.Samples;

/// With the real tesseract, but for programs that misbehave.
@Timeout(300)
class OcrFilterTest {
    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private Filter create(OcrConfig config) {
        return new OcrFilterFactory().create(config, new Surroundings(folder, folder, meters));
    }

    private OcrConfig config(String yaml) {
        return ConfigFile.parse("postern.yaml", folder, yaml, List.of(), OcrConfig.class);
    }

    private static FilterResult scan(Filter filter, MailTransaction mail) throws InterruptedException {
        return filter.scan(mail, Deadline.in(Duration.ofSeconds(60)));
    }

    private static List<String> symbols(Filter filter, MailTransaction mail) throws InterruptedException {
        FilterResult result = scan(filter, mail);
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return ((FilterResult.Findings) result)
                .findings().stream().map(Finding::symbol).toList();
    }

    private static MailTransaction with(byte[]... contents) {
        StringBuilder mail = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (byte[] content : contents) {
            mail.append("--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n")
                    .append(Base64.getMimeEncoder().encodeToString(content))
                    .append("\r\n");
        }
        return Mails.of(mail + "--b--");
    }

    private static MailTransaction lottery() throws Exception {
        return with(Samples.file(Samples.words("Dear friend,", "You have won the great Lottery", "call us"), "png"));
    }

    @Test
    void scan_ofTheTwoMailsWithTheTestLine_findsIt() throws Exception {
        List<Path> files = Suites.files("ocr", ".eml");
        assertThat(files).hasSize(2);
        try (Filter filter = create(OcrConfig.DEFAULTS)) {
            for (Path file : files) {
                assertThat(symbols(filter, Mails.of(Suites.mail(file))))
                        .as(file.toString())
                        .containsExactly("OCR_GTUBE");
            }
        }
    }

    @Test
    void scan_ofPhrasesInPicturesAnimationsAndPages_findsThem() throws Exception {
        BufferedImage words = Samples.words("Dear friend,", "You have won the great Lottery", "call us");
        BufferedImage blank = new BufferedImage(words.getWidth(), words.getHeight(), BufferedImage.TYPE_INT_RGB);
        try (Filter filter = create(OcrConfig.DEFAULTS)) {
            for (String format : List.of("png", "jpg", "gif", "bmp")) {
                assertThat(symbols(filter, with(Samples.file(words, format)))).containsExactly("OCR_WINNINGS");
            }
            assertThat(symbols(filter, with(Samples.animation(List.of(blank, words)))))
                    .containsExactly("OCR_WINNINGS");
            assertThat(symbols(filter, with(Samples.pdf("", "", List.of(words), ""))))
                    .containsExactly("OCR_WINNINGS");
            assertThat(symbols(filter, with(Samples.pdf("You have won the lottery", "", List.of(), ""))))
                    .containsExactly("OCR_WINNINGS");
            assertThat(symbols(filter, with(Samples.file(Samples.words("Good morning"), "png"))))
                    .isEmpty();
            assertThat(symbols(filter, Mails.simple())).isEmpty();
        }
    }

    @Test
    void scan_ofPhrasesOfOnesOwn_findsThem() throws Exception {
        try (Filter filter = create(config("""
                built-in: false
                phrases:
                  SITE_FRIEND: { score: 2, phrases: ["dear friend", "call us"], at-least: 2 }
                """))) {
            assertThat(scan(filter, lottery()))
                    .isEqualTo(new FilterResult.Findings(
                            List.of(new Finding("SITE_FRIEND", 2, "in a picture: dear friend; call us"))));
        }
    }

    @Test
    void scan_ofAPictureThatCameBefore_runsNothing() throws Exception {
        try (Filter filter = create(OcrConfig.DEFAULTS)) {
            assertThat(symbols(filter, lottery())).containsExactly("OCR_WINNINGS");
            assertThat(symbols(filter, lottery())).containsExactly("OCR_WINNINGS");
        }
        assertThat(meters.get("postern.ocr.recognize").timer().count()).isEqualTo(1);
        assertThat(meters.get("postern.ocr.cache")
                        .tag("result", "hit")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void scan_withMorePicturesThanTheBound_saysSo() throws Exception {
        try (Filter filter = create(config("pictures-max: 1"))) {
            assertThat(symbols(
                            filter,
                            with(
                                    Samples.file(Samples.words("Good morning"), "png"),
                                    Samples.file(Samples.words("Good evening"), "png"))))
                    .containsExactly("OCR_INCOMPLETE");
        }
    }

    @Test
    void scan_withoutTheProgramOrItsLanguage_givesNoVerdictAndSaysWhatToInstall() throws Exception {
        Map<String, String> broken = Map.of(
                "program: no-such-program", "apt-get install tesseract-ocr", "languages: xyz", "tesseract-ocr-xyz");
        for (var each : broken.entrySet()) {
            try (Filter filter = create(config(each.getKey()))) {
                assertThat(scan(filter, lottery())).isInstanceOfSatisfying(NoVerdict.class, silence -> {
                    assertThat(silence.reason()).isEqualTo(NoVerdictReason.UNAVAILABLE);
                    assertThat(silence.detail()).contains(each.getValue());
                });
                FilterStatus status = filter.status(Deadline.in(Duration.ofSeconds(60)));
                assertThat(status.usable()).isFalse();
                assertThat(status.description()).contains(each.getValue());
                assertThat(symbols(filter, Mails.simple()))
                        .as("without pictures")
                        .isEmpty();
            }
        }
    }

    @Test
    void status_whereAllIsThere_isUsable() throws Exception {
        try (Filter filter = create(OcrConfig.DEFAULTS)) {
            assertThat(filter.status(Deadline.in(Duration.ofSeconds(60))).usable())
                    .isTrue();
        }
    }

    @Test
    void scan_withTooLittleTimeLeft_givesNoVerdict() throws Exception {
        try (Filter filter = create(OcrConfig.DEFAULTS)) {
            assertSilent(filter.scan(lottery(), Deadline.in(Duration.ofSeconds(1))), NoVerdictReason.TIMED_OUT);
        }
    }

    /// A program that says it is tesseract and does something else.
    private String program(String does) throws Exception {
        Path script = folder.resolve("program");
        Files.writeString(script, "#!/bin/sh\n[ \"$1\" = --list-langs ] && { echo eng; exit 0; }\n" + does + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return "{ program: " + script + ", time: 1s, memory: 128MiB }";
    }

    @Test
    void scan_whenTheProgramHangs_killsItAndWhatItStarted() throws Exception {
        Path pids = folder.resolve("pids");
        try (Filter filter = create(
                config(program("sleep 1000 & echo $! $$ >" + pids + "; wait").replace("time: 1s", "time: 4s")))) {
            assertSilent(scan(filter, lottery()), NoVerdictReason.TIMED_OUT);
        }
        for (String pid : Files.readString(pids).strip().split(" ")) {
            ProcessHandle.of(Long.parseLong(pid))
                    .ifPresent(process ->
                            process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void scan_whenOnePictureTakesTooLong_looksAtTheOthers_andForgetsNothingItDidNotSee() throws Exception {
        MailTransaction mail = with(
                Samples.file(Samples.words("Good morning"), "png"), Samples.file(Samples.words("Good evening"), "png"));
        String program = program("mkdir once && exec sleep 1000; cat >/dev/null; echo You have won the lottery")
                .replace("time: 1s", "time: 5s");
        try (Filter filter = create(config(program))) {
            assertThat(scan(filter, mail)).isInstanceOfSatisfying(NoVerdict.class, silence -> {
                assertThat(silence.reason()).isEqualTo(NoVerdictReason.TIMED_OUT);
                assertThat(silence.soFar().findings())
                        .extracting(Finding::symbol)
                        .containsExactly("OCR_WINNINGS");
            });
            assertThat(symbols(filter, mail)).as("the second time").containsExactly("OCR_WINNINGS");
        }
    }

    @Test
    void scan_whenTheFirstLookAtTheProgramHadNoTime_looksAgain() throws Exception {
        try (Filter filter =
                create(config(program("cat >/dev/null; echo hello").replace("time: 1s", "time-needed: 100ms")))) {
            FilterStatus status = filter.status(Deadline.in(Duration.ZERO));
            assertThat(status.usable()).isFalse();
            assertThat(symbols(filter, lottery())).isEmpty();
        }
    }

    @Test
    void scan_whenTheMailsTimeEnds_killsTheProgram() throws Exception {
        Path pids = folder.resolve("pids");
        try (Filter filter = create(config(program("echo $$ >" + pids + "; exec sleep 1000")
                .replace("time: 1s", "time: 60s, time-needed: 100ms")))) {
            assertSilent(filter.scan(lottery(), Deadline.in(Duration.ofSeconds(8))), NoVerdictReason.TIMED_OUT);
        }
        ProcessHandle.of(Long.parseLong(Files.readString(pids).strip()))
                .ifPresent(process ->
                        process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    @Test
    void scan_whenTheProgramWantsTooMuchMemory_saysThatThePictureWasNotSeen() throws Exception {
        try (Filter filter = create(config(program("head -c 300m /dev/zero | tail -c 290m | wc -c | grep -q 304 ")))) {
            assertThat(symbols(filter, lottery())).containsExactly("OCR_INCOMPLETE");
        }
    }

    @Test
    void scan_whenTheProgramEndsWellWithoutHavingReadThePicture_saysThatItWasNotSeen() throws Exception {
        BufferedImage large = Samples.words("Dear friend,", "You have won the great Lottery");
        try (Filter filter = create(config(program("exit 0")))) {
            assertThat(large.getWidth() * large.getHeight()).isGreaterThan(70_000); // more than a pipe holds
            assertThat(symbols(filter, with(Samples.file(large, "png")))).containsExactly("OCR_INCOMPLETE");
        }
    }

    @Test
    void program_seesNothingOfTheServer() throws Exception {
        Path seen = folder.resolve("seen");
        try (Filter filter = create(config(program("{ env; nice; ulimit -v; } >" + seen + "; cat >/dev/null")))) {
            assertThat(symbols(filter, lottery())).isEmpty();
        }
        assertThat(Files.readString(seen))
                .contains("OMP_THREAD_LIMIT=1", "\n131072\n")
                .containsPattern("(?m)^1[0-9]$")
                .doesNotContain("JAVA_HOME", "HOME=/");
    }

    @Test
    void recognizedText_withTheErrorsOfRecognition_stillHoldsThePhrase() {
        RecognizedText text =
                RecognizedText.of("Y0U HAVE W0N the L0TTERY!\nG TUBE STAN DARD-ANTl-UBE TEST EMAIL; specialist");

        assertThat(text.contains("you have won")).isTrue();
        assertThat(text.contains("lottery")).isTrue();
        assertThat(text.contains("GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL")).isTrue();
        assertThat(text.contains("cialis")).isFalse();
    }

    @Test
    void settings_whenNothingIsWritten_areTheDefaults() {
        assertThat(config("{}")).isEqualTo(OcrConfig.DEFAULTS);
        assertThat(OcrConfig.DEFAULTS)
                .isEqualTo(new OcrConfig(
                        "tesseract",
                        "eng",
                        1,
                        4,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3),
                        ByteSize.ofMiB(512),
                        ByteSize.ofMiB(8),
                        true,
                        Map.of(),
                        0.5));
    }

    @Test
    void settings_canAllBeSet() {
        assertThat(config("""
                        program: /opt/tesseract
                        languages: deu+eng
                        at-once: 2
                        pictures-max: 3
                        time: 4s
                        time-needed: 5s
                        memory: 1GiB
                        cache-size: 0B
                        built-in: false
                        phrases: { SITE_A: { score: -1, phrases: [abc] } }
                        incomplete-score: 6
                        """))
                .isEqualTo(new OcrConfig(
                        "/opt/tesseract",
                        "deu+eng",
                        2,
                        3,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        ByteSize.ofMiB(1024),
                        new ByteSize(0),
                        false,
                        Map.of("SITE_A", new PhraseConfig(-1, List.of("abc"), 1)),
                        6));
        for (String wrong : List.of(
                "languages: '--help'",
                "at-once: 0",
                "pictures-max: 0",
                "time: 0s",
                "time-needed: 0s",
                "memory: 1MiB",
                "cache-size: 2GiB",
                "incomplete-score: -1",
                "phrases: { a b: { score: 1, phrases: [abc] } }",
                "phrases: { A: { score: 1, phrases: [a] } }",
                "phrases: { A: { score: 1, phrases: [abc], at-least: 2 } }")) {
            assertThatThrownBy(() -> config(wrong)).as(wrong).hasMessageContaining("postern.yaml");
        }
    }
}
