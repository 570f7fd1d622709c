// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.config.ConfigFile;
import org.postern.core.filter.Extract;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;
import org.postern.scanworkers.documents.Samples;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeWalk;

@Timeout(300)
class UrlsFilterTest {
    @TempDir
    private static Path folder;

    private static Filter filter;

    @BeforeAll
    static void open() {
        filter = create(UrlsConfig.DEFAULTS);
    }

    @AfterAll
    static void close() {
        filter.close();
    }

    private static Filter create(UrlsConfig config) {
        return new UrlsFilterFactory().create(config, new Surroundings(folder, folder, new SimpleMeterRegistry()));
    }

    private static FilterResult.Findings scan(MailTransaction mail) throws InterruptedException {
        FilterResult result = filter.scan(mail, Deadline.in(Duration.ofSeconds(60)));
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return (FilterResult.Findings) result;
    }

    private static List<String> symbols(MailTransaction mail) throws InterruptedException {
        return scan(mail).findings().stream().map(Finding::symbol).toList();
    }

    private static List<String> hosts(MailTransaction mail) throws InterruptedException {
        return scan(mail).extracts().stream()
                .map(extract -> switch (extract) {
                    case Extract.Link link -> link.host();
                    case Extract.Mailbox mailbox -> mailbox.address();
                    case Extract.File file -> file.sha256();
                })
                .toList();
    }

    private static MailTransaction html(String body) {
        return Mails.of("Content-Type: text/html; charset=utf-8", "", "<html><body>" + body + "</body></html>");
    }

    private static MailTransaction with(byte[] content) {
        return Mails.of(
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: application/octet-stream; name=file.bin",
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getMimeEncoder().encodeToString(content),
                "--b--");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "URL_MISMATCH      | <a href='http://evil.com/'>https://www.bank.com/login</a>",
                "URL_MISMATCH      | <a href='http://evil.com/'> www.<b>bank</b>.com </a>",
                "URL_IP_HOST       | <a href='http://192.0.2.1/x'>here</a>",
                "URL_IP_HIDDEN     | <a href='http://3221225985/x'>here</a>",
                "URL_USER_INFO     | <a href='http://bank.example@evil.com/'>here</a>",
                "URL_HOMOGRAPH     | <a href='http://p&#x430;yment.com/'>here</a>",
                "URL_LOOKALIKE     | <a href='http://paypa1.com/'>here</a>",
                "URL_LOOKALIKE     | <form action='https://paypal.com.evil.net/'></form>",
                "URL_SHORTENER     | <a href='https://bit.ly/3x'>here</a>",
                "URL_SCHEME        | <a href='java&#10;script:alert(1)'>here</a>",
                "URL_SCHEME        | <a href='data:text/html;base64,PGI+'>here</a>",
                "URL_SCHEME        | <img src='file://evil.com/share/x.png'>",
                "URL_LOOKALIKE     | <meta http-equiv='refresh' content='0; url=http://paypa1.com/'>",
                "URL_LOOKALIKE     | <base href='http://paypa1.com/'><a href='x'>here</a>",
                "URL_LOOKALIKE     | <button formaction='//paypa1.com/'>here</button>"
            })
    void scan_ofAPageThatDeceives_saysHow(String symbol, String page) throws Exception {
        assertThat(symbols(html(page))).contains(symbol);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a href='https://www.bank.com/login'>www.bank.com</a>",
                "<a href='https://mail.bank.com/login'>www.bank.com</a>",
                "<a href='https://shop.example.com/'>our shop</a>",
                "<a href='https://shop.example.com/'>report.pdf</a>",
                "<a href='mailto:me@example.com'>me@example.com</a>",
                "<img src='data:image/png;base64,AAAA'>",
                "<a href='https://www.paypal.com/'>pay</a>",
                "<a href='#top'>top</a>"
            })
    void scan_ofAnHonestPage_findsNothing(String page) throws Exception {
        assertThat(symbols(html(page))).isEmpty();
    }

    @Test
    void scan_givesHostsAndAddressesToOthers() throws Exception {
        assertThat(hosts(html("<img src='http://pictures.example/x.png'><a href='http://WWW.one.example/'>x</a>"
                        + "<a href='http://b&#252;cher.example/'>y</a> and http://two.example/, <a"
                        + " href='mailto:you%40example.net?subject=x'>write</a>")))
                .containsExactlyInAnyOrder(
                        "www.one.example",
                        "xn--bcher-kva.example",
                        "two.example",
                        "pictures.example",
                        "you@example.net");
        assertThat(filter.extracts()).isTrue();
    }

    @Test
    void scan_ofPdfsAndCodes_findsTheirLinks() throws Exception {
        MailTransaction pdf = with(Samples.pdf(
                "Please see http://text.example/a",
                "http://link.example/",
                List.of(Samples.code("http://code.example/")),
                ""));
        assertThat(hosts(pdf)).containsExactlyInAnyOrder("text.example", "link.example", "code.example");
        assertThat(symbols(pdf)).containsExactly("URL_IN_CODE");

        MailTransaction picture = with(Samples.file(Samples.code("HTTPS://PAYPA1.COM/X"), "png"));
        assertThat(symbols(picture)).containsExactlyInAnyOrder("URL_IN_CODE", "URL_LOOKALIKE");
    }

    @Test
    void collected_links_areNoLongerThanAnythingThatIsLookedAt() throws Exception {
        String page = "<base href='http://example.com/" + "x".repeat(300_000) + "/'>"
                + IntStream.range(0, 900)
                        .mapToObj(i -> "<a href='page" + i + "'>" + "shown ".repeat(i == 7 ? 10_000 : 1) + "</a>")
                        .collect(Collectors.joining())
                + "<a href='http://long.example/" + "y".repeat(100_000) + "'>long</a>"
                + "<a href='http://blanks.example/" + " ".repeat(50_000) + "z'>blanks</a>";
        LinkCollector collector =
                new LinkCollector(UrlsConfig.DEFAULTS, Optional.empty(), Deadline.in(Duration.ofSeconds(60)));
        MailTransaction mail = html(page);
        MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, collector);

        assertThat(collector.links()).hasSizeGreaterThan(900).allSatisfy(link -> {
            assertThat(link.url().length()).isLessThanOrEqualTo(2 * MailLink.URL_MAX);
            assertThat(link.shown().length()).isLessThanOrEqualTo(MailLink.SHOWN_MAX + 1);
        });
    }

    @Test
    void scan_ofWhatCannotBeReadInFull_saysSo() throws Exception {
        assertThat(symbols(with(Samples.pdf("x", "", List.of(), "secret")))).containsExactly("URL_INCOMPLETE");
        String many = IntStream.range(0, 1_200)
                .mapToObj(i -> "http://example" + i + ".com/")
                .collect(Collectors.joining("\r\n"));
        assertThat(symbols(Mails.of("Subject: x", "", many)))
                .containsExactlyInAnyOrder("URL_TOO_MANY", "URL_INCOMPLETE");
        assertThat(symbols(Mails.of("Subject: x", "", "hello hello hello hello\r\n".repeat(60_000))))
                .containsExactly("URL_INCOMPLETE");
    }

    @Test
    void scan_whenADocumentCannotBeReadInTime_givesNoVerdict() throws Exception {
        assertThat(filter.scan(
                        with(Samples.file(Samples.code("http://x.example/"), "png")), Deadline.in(Duration.ZERO)))
                .isInstanceOf(FilterResult.NoVerdict.class);
    }

    @Test
    void status_saysThatDocumentsCanBeRead() throws Exception {
        assertThat(filter.status(Deadline.in(Duration.ofSeconds(60))).usable()).isTrue();
    }

    @Test
    void scan_ofMutatedPages_alwaysGivesAnAnswer() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] page =
                ("Content-Type: text/html\r\n\r\n<html><base href='http://a.example/'><a href='http://b@c.example'>"
                                + "www.d.com</a><form action=x><meta http-equiv=refresh content='1;url=http://e.example'>"
                                + "<!-- http://f.example --></html>")
                        .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 2_000; i++) {
            byte[] octets = page.clone();
            for (int k = random.nextInt(10); k >= 0; k--) {
                octets[27 + random.nextInt(octets.length - 27)] = (byte) random.nextInt(256);
            }
            assertThat(filter.scan(Mails.of(octets), Deadline.in(Duration.ofSeconds(60))))
                    .as("seed %d", seed)
                    .isInstanceOf(FilterResult.Findings.class);
        }
    }

    @Test
    void scan_ofRealHam_tagsNoneByItself() throws Exception {
        Path corpus = Suites.corpus();
        for (String kind : List.of("ham", "spam")) {
            Map<String, Integer> counts = new TreeMap<>();
            List<String> over = new ArrayList<>();
            List<Path> files;
            try (Stream<Path> all = Files.list(corpus.resolve(kind))) {
                files = all.sorted().toList();
            }
            for (Path file : files) {
                List<Finding> findings = scan(Mails.of(Suites.mail(file))).findings();
                findings.forEach(finding -> counts.merge(finding.symbol(), 1, Integer::sum));
                if (findings.stream().mapToDouble(Finding::score).sum() >= 5) {
                    over.add(file.getFileName() + " " + findings);
                }
            }
            System.out.println(kind + " " + counts + ", 5 or more: " + over.size());
            if (kind.equals("ham")) {
                over.forEach(System.out::println);
                assertThat(over).isEmpty();
            }
        }
    }

    @Test
    void scan_ofEverySuiteMail_givesAVerdict() throws Exception {
        for (Path file : Suites.files("mime/james-mime4j", ".msg")) {
            scan(Mails.of(Suites.mail(file)));
        }
    }

    private static UrlsConfig parse(String yaml) {
        return ConfigFile.parse("postern.yaml", Path.of("/etc"), yaml, List.of(), UrlsConfig.class);
    }

    @Test
    void settings_whenNothingIsWritten_areTheDefaults() {
        assertThat(parse("{}")).isEqualTo(UrlsConfig.DEFAULTS);
        assertThat(UrlsConfig.DEFAULTS.textMax()).isEqualTo(ByteSize.ofMiB(1));
        assertThat(UrlsConfig.DEFAULTS.linksMax()).isEqualTo(1_000);
        assertThat(UrlsConfig.DEFAULTS.documentsMax()).isEqualTo(8);
        assertThat(UrlsConfig.DEFAULTS.manyDomains()).isEqualTo(60);
        assertThat(UrlsConfig.DEFAULTS.shorteners()).hasSize(18).contains("bit.ly");
        assertThat(UrlsConfig.DEFAULTS.protectedDomains()).hasSize(14).contains("paypal.com");
        assertThat(UrlsConfig.DEFAULTS.scores()).isEqualTo(new UrlScores(1.5, 5, 4, 1.5, 4, 3, 4, 0.5, 1, 1, 0.5));
    }

    @Test
    void settings_canAllBeSet() {
        assertThat(parse("""
                        text-max: 64KiB
                        links-max: 20
                        documents-max: 0
                        many-domains: 7
                        shorteners: [Short.example]
                        protected-domains: [bank.example]
                        scores:
                          mismatch: 1
                          homograph: 2
                          lookalike: 3
                          address: 4
                          hidden-address: 5
                          user-info: 6
                          scheme: 7
                          shortener: 8
                          code: 9
                          many: 10
                          incomplete: 11
                        """))
                .isEqualTo(new UrlsConfig(
                        ByteSize.ofKiB(64),
                        20,
                        0,
                        7,
                        List.of("short.example"),
                        List.of("bank.example"),
                        new UrlScores(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));
        for (String wrong : List.of(
                "text-max: 1KiB",
                "links-max: 1",
                "documents-max: 101",
                "many-domains: 1",
                "shorteners: [a b]",
                "scores: { code: -1 }")) {
            assertThatThrownBy(() -> parse(wrong)).as(wrong).hasMessageContaining("postern.yaml");
        }
    }
}
