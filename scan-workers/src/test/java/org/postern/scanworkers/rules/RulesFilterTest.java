// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;
import org.postern.scanworkers.TestPatterns;

@Timeout(120)
class RulesFilterTest {
    @TempDir
    private Path folder;

    private Filter filter(String yaml) throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), yaml);
        return create(new RulesConfig(
                Optional.of(Path.of("rules.yaml")),
                false,
                RulesConfig.DEFAULTS.textMax(),
                RulesConfig.DEFAULTS.contentMax(),
                java.time.Duration.ZERO));
    }

    private Filter create(RulesConfig config) {
        return new RulesFilterFactory().create(config, new Surroundings(folder, folder, new SimpleMeterRegistry()));
    }

    private static List<String> symbols(Filter filter, MailTransaction mail) throws InterruptedException {
        FilterResult result = filter.scan(mail, Deadline.in(Duration.ofSeconds(60)));
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return ((FilterResult.Findings) result)
                .findings().stream().map(Finding::symbol).toList();
    }

    private static byte[] zip(String name, byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return out.toByteArray();
    }

    private static MailTransaction withAttachment(String type, byte[] content) {
        return Mails.of(
                "Subject: attachment",
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: text/plain",
                "",
                "see attachment",
                "--b",
                "Content-Type: " + type,
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getMimeEncoder().encodeToString(content),
                "--b--");
    }

    private static byte[] eicar() {
        return TestPatterns.eicar().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void builtIn_onEicar_findsItInTextAttachmentAndNestedZip() throws Exception {
        Filter filter = create(RulesConfig.DEFAULTS);
        assertThat(symbols(filter, Mails.of("Subject: x", "", TestPatterns.eicar())))
                .contains("RULE_EICAR_TEST_FILE");
        assertThat(symbols(filter, withAttachment("application/octet-stream", eicar())))
                .contains("RULE_EICAR_TEST_FILE");
        assertThat(symbols(filter, withAttachment("application/zip", zip("a.com", eicar()))))
                .contains("RULE_EICAR_TEST_FILE");
        assertThat(symbols(filter, withAttachment("text/plain", zip("b.zip", zip("a.com", eicar())))))
                .contains("RULE_EICAR_TEST_FILE");
        assertThat(symbols(filter, Mails.simple())).isEmpty();
    }

    @Test
    void builtIn_onGtube_findsIt() throws Exception {
        assertThat(symbols(
                        create(RulesConfig.DEFAULTS), Mails.of("Subject: x", "", "a " + TestPatterns.gtube() + " b")))
                .contains("RULE_GTUBE");
    }

    @Test
    void builtIn_neverClaimsToBeAVirusScanner() throws Exception {
        Filter filter = create(RulesConfig.DEFAULTS);
        assertThat(filter.status(Deadline.in(Duration.ofSeconds(1))).description())
                .contains("no virus scanner");
        assertThat(BuiltInRules.load().rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.symbol()).startsWith("RULE_"));
    }

    @Test
    void targets_lookWhereTheySay() throws Exception {
        Filter filter = filter("""
                rules:
                  - { symbol: S, score: 1, in: subject, phrases: ["grüße aus"] }
                  - { symbol: B, score: 1, in: body, phrases: ["buy now cheap"] }
                  - { symbol: H, score: 1, in: html, regex: "<blink>" }
                  - { symbol: F, score: 1, in: sender, regex: "^sender@example\\\\.org$" }
                  - { symbol: R, score: 1, in: recipient, phrases: [user@example.net] }
                  - { symbol: E, score: 1, in: helo, phrases: [client.example] }
                  - { symbol: X, score: 1, in: "header:X-Mailer", regex: "Bulk" }
                  - { symbol: A, score: 1, in: header, regex: "^X-Odd: 7" }
                  - { symbol: C, score: 1, in: content, phrases: ["SECRET-OCTETS"] }
                  - { symbol: N, score: 1, in: body, phrases: ["not there"] }
                  - { symbol: T, score: 1, in: body, at-least: 2, phrases: ["buy", "cheap", "absent"] }
                """);
        MailTransaction mail = Mails.of(
                "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus dem Urlaub",
                "X-Mailer: BulkMaster",
                "X-Odd: 7",
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: text/html",
                "Content-Transfer-Encoding: quoted-printable",
                "",
                "<p>B<b>u</b>y&nbsp;now =",
                "<!-- x -->ch<wbr>eap<blink>",
                "--b",
                "Content-Type: application/octet-stream",
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getEncoder().encodeToString("xxSECRET-OCTETSxx".getBytes(StandardCharsets.US_ASCII)),
                "--b--");
        assertThat(symbols(filter, mail)).containsExactlyInAnyOrder("S", "B", "H", "F", "R", "E", "X", "A", "C", "T");
    }

    @Test
    void lowestScore_isTheSumOfTheNegativeScores() throws Exception {
        Filter filter = filter("""
                rules:
                  - { symbol: A, score: -2, in: body, phrases: [aaa] }
                  - { symbol: B, score: 5, in: body, phrases: [bbb] }
                  - { symbol: C, score: -1.5, in: body, phrases: [ccc] }
                """);
        assertThat(filter.lowestScore()).isEqualTo(-3.5);
    }

    @Test
    void parse_ofABadFile_reportsEveryProblemWithItsLine() {
        assertThatThrownBy(() -> RuleFile.parse("my.yaml", """
                        rules:
                          - symbol: lower
                            score: 1
                            in: body
                            phrases: [abc]
                          - symbol: GOOD
                            score: many
                            in: nowhere
                            phrases: [abc]
                          - symbol: LOOK
                            score: 1
                            in: body
                            regex: "(?=x)"
                          - symbol: BOTH
                            score: 1
                            in: body
                            regex: "x"
                            phrases: [abc]
                            colour: red
                        """, java.util.Set.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .hasSizeGreaterThanOrEqualTo(6)
                                .anyMatch(p -> p.startsWith("my.yaml:2:"))
                                .anyMatch(p -> p.startsWith("my.yaml:7:"))
                                .anyMatch(p -> p.startsWith("my.yaml:13:") && p.contains("RE2"))
                                .anyMatch(p -> p.startsWith("my.yaml:19:") && p.contains("colour")));
        assertThatThrownBy(() -> RuleFile.parse("my.yaml", "rules: [\n", java.util.Set.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("my.yaml:");
    }

    @Test
    void create_whenTheFileIsNotThere_saysSo() {
        RulesConfig config = new RulesConfig(
                Optional.of(Path.of("missing.yaml")),
                true,
                RulesConfig.DEFAULTS.textMax(),
                RulesConfig.DEFAULTS.contentMax(),
                java.time.Duration.ZERO);
        assertThatThrownBy(() -> create(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("missing.yaml");
    }

    @Test
    void parse_ofRandomYaml_reportsProblemsAndNeverFailsOtherwise() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String good = "rules:\n  - symbol: A\n    score: 1\n    in: body\n    regex: \"(a|b)*c\"\n";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int k = 0; k < 1 + random.nextInt(4); k++) {
                text.setCharAt(random.nextInt(text.length()), (char) (random.nextInt(96) + 32));
            }
            try {
                RuleFile.parse("f", text.toString(), java.util.Set.of());
            } catch (ConfigException e) {
                assertThat(e.problems()).as("seed %d", seed).isNotEmpty();
            }
        }
    }

    /// Every line of the body made the whole header be looked through once more, and no interrupt ended that.
    @Test
    void scan_ofManyFieldsAndManyLines_isSoonDone() throws Exception {
        String header = "X: y\r\n".repeat(100_000);
        for (String body : List.of(
                "x\r\n".repeat(100_000), "begin 644 a\r\n".repeat(900), "--a\r\nContent-X: y\r\n\r\n".repeat(900))) {
            MailTransaction mail =
                    Mails.of((header + "Subject: hello\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            try (Filter filter = create(RulesConfig.DEFAULTS)) {
                FilterResult result = org.junit.jupiter.api.Assertions.assertTimeout(
                        Duration.ofSeconds(20), () -> filter.scan(mail, Deadline.in(Duration.ofSeconds(60))));
                assertThat(result).isNotNull();
            }
        }
    }

    @Test
    void scan_ofEverySuiteMail_givesAVerdict() throws Exception {
        Filter filter = create(RulesConfig.DEFAULTS);
        for (Path file : Suites.files("mime/james-mime4j", ".msg")) {
            symbols(filter, Mails.of(Suites.mail(file)));
        }
    }

    /// What takes others for ever: nested quantifiers on a long text.
    @Test
    void scan_withAnExpressionThatBacktracksElsewhere_ends() throws Exception {
        Filter filter = filter("rules:\n  - { symbol: A, score: 1, in: body, regex: \"(a+)+$\" }\n");
        assertThat(symbols(filter, Mails.of("Subject: x", "", "a".repeat(100_000) + "!")))
                .isEmpty();
    }

    @Test
    void scan_ofMorePartsThanAreLookedAt_givesNoVerdict_andWhatWasFoundCounts() throws Exception {
        StringBuilder mail = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        mail.append("--b\r\n\r\nclaims agent\r\n")
                .append("--b\r\n\r\nx\r\n".repeat(1_100))
                .append("--b--");
        try (Filter filter = filter("rules: [{ symbol: AGENT, score: 3, in: body, phrases: [claims agent] }]")) {
            assertThat(filter.scan(Mails.of(mail.toString()), Deadline.in(Duration.ofSeconds(60))))
                    .isInstanceOfSatisfying(FilterResult.NoVerdict.class, silence -> {
                        assertThat(silence.reason()).isEqualTo(NoVerdictReason.TOO_LARGE);
                        assertThat(silence.soFar().findings())
                                .extracting(Finding::symbol)
                                .containsExactly("AGENT");
                    });
        }
    }
}
