// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsResolver;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.Trace;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.scanworkers.mailauth.dkim.Canonicalization;
import org.postern.scanworkers.mailauth.dkim.Crypto;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;

@Timeout(60)
final class MailauthFilterTest {
    private static final String FORGED = "Authentication-Results: mx.example.net; dmarc=pass\r\n";
    private static final String MESSAGE = FORGED + "From: ann@example.org\r\nSubject: x\r\n\r\nbody\r\n";

    private final InMemoryDns dns = new InMemoryDns();

    private static MailTransaction mail(String text, String sender, Optional<String> user) throws Exception {
        MessageContent content = MessageContent.of(text.getBytes(StandardCharsets.ISO_8859_1));
        return new MailTransaction(
                TransactionId.create(0),
                "mx",
                new ClientInfo(InetAddress.getByName("192.0.2.1"), "mail.example.org", true, Optional.empty(), user),
                Envelope.of(ReversePath.parse(sender), List.of(ForwardPath.parse("bob@example.net"))),
                content,
                MessageHeader.read(content, ByteSize.ofKiB(64)),
                Instant.EPOCH);
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(30));
    }

    private FilterResult scan(MailauthConfig config, MailTransaction mail) throws Exception {
        try (MailauthFilter filter = filter(config, dns)) {
            return filter.scan(mail, deadline());
        }
    }

    private static MailauthFilter filter(MailauthConfig config, DnsResolver dns) {
        return new MailauthFilter(config, "mx.example.net", dns, new SimpleMeterRegistry(), Clock.systemUTC());
    }

    private static FilterResult.Findings findings(FilterResult result) {
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return (FilterResult.Findings) result;
    }

    private static List<String> symbols(FilterResult result) {
        return findings(result).findings().stream().map(Finding::symbol).toList();
    }

    @Test
    void scan_forgedSenderOfARejectingDomain_isFoundWithEvidence_andReportedInTheHeader() throws Exception {
        dns.txt("example.org", "v=spf1 ip4:198.51.100.0/24 -all");
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        FilterResult result = scan(MailauthConfig.defaults(), mail(MESSAGE, "ann@example.org", Optional.empty()));
        assertThat(symbols(result)).containsExactly("SPF_FAIL", "DMARC_REJECT", "AUTHRES_FORGED");
        assertThat(findings(result).trace().remove()).isEqualTo(Set.of(0));
        assertThat(findings(result).trace().add()).singleElement().satisfies(field -> {
            assertThat(field.name()).isEqualTo("Authentication-Results");
            assertThat(field.value())
                    .startsWith("mx.example.net;")
                    .contains("spf=fail", "smtp.mailfrom=ann@example.org", "dkim=none", "dmarc=fail")
                    .contains("header.from=example.org");
        });
    }

    @Test
    void scan_ofAResultsFieldMadeToDefeatItsReader_judgesTheMailAllTheSame() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        String forged = "Authentication-Results: (" + "a".repeat(60_000) + ") mx.example.net; dmarc=pass\r\n";
        FilterResult.Findings found =
                findings(scan(MailauthConfig.defaults(), mail(forged + MESSAGE, "ann@example.org", Optional.empty())));
        assertThat(symbols(found)).contains("DMARC_REJECT", "AUTHRES_FORGED");
        assertThat(found.trace().remove()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void scan_ofOurResultsBehindALineThatEndsTheHeader_saysThatTheyAreForged() throws Exception {
        String text =
                "From: ann@example.org\r\nno field\r\nauthentication-results:\r\n mx.example.net; dmarc=pass\r\n\r\nx\r\n";
        assertThat(symbols(scan(MailauthConfig.defaults(), mail(text, "ann@example.org", Optional.empty()))))
                .contains("AUTHRES_FORGED", "DMARC_PERMERROR");
    }

    @Test
    void scan_ofASignatureOverTheStartOfTheBody_isNoPassForTheAuthor() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        dns.txt(
                "k._domainkey.example.org",
                "v=DKIM1; p="
                        + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
        String header = "From: ann@example.org\r\nSubject: x\r\n\r\n";
        MailTransaction mail = mail(header + "body\r\n", "x@example.com", Optional.empty());
        SignedMessage message = new SignedMessage(mail.content(), mail.header());
        byte[] hash = message.body(Canonicalization.Form.RELAXED, OptionalLong.empty())
                .sha256();
        String field = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=k; h=from; l=6; bh="
                + Base64.getEncoder().encodeToString(hash) + "; b=";
        byte[] octets = message.signedOctets(Canonicalization.Form.RELAXED, List.of("from"), field, Optional.empty());
        String signed = field + Base64.getEncoder().encodeToString(Crypto.RSA_SHA256.sign(pair.getPrivate(), octets))
                + "\r\n" + header + "body\r\n";
        MailauthConfig config = MailauthConfig.defaults();
        assertThat(symbols(scan(config, mail(signed, "x@example.com", Optional.empty()))))
                .contains("DMARC_PASS");

        FilterResult.Findings added =
                findings(scan(config, mail(signed + "pay here\r\n", "x@example.com", Optional.empty())));
        assertThat(symbols(added)).contains("DKIM_PASS", "DKIM_PARTIAL_BODY", "DMARC_REJECT");
        assertThat(added.trace().add().getFirst().value()).contains("dkim=policy");
    }

    @Test
    void scan_alignedSpfPass_passesDmarc() throws Exception {
        dns.txt("example.org", "v=spf1 ip4:192.0.2.0/24 -all");
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        FilterResult result = scan(MailauthConfig.defaults(), mail(MESSAGE, "ann@example.org", Optional.empty()));
        assertThat(symbols(result)).contains("SPF_PASS", "DMARC_PASS");
    }

    @Test
    void scan_withDnsDown_saysTempError_neverNone() throws Exception {
        try (MailauthFilter filter = filter(MailauthConfig.defaults(), DnsResolver.unavailable())) {
            FilterResult result = filter.scan(mail(MESSAGE, "ann@example.org", Optional.empty()), deadline());
            assertThat(symbols(result))
                    .contains("SPF_TEMPERROR", "DMARC_TEMPERROR")
                    .doesNotContain("SPF_NONE");
            assertThat(filter.status(deadline()).usable()).isFalse();
        }
        MailauthConfig strict = new MailauthConfig(
                "", Duration.ofSeconds(20), 10, MailauthConfig.TempErrors.NO_VERDICT, Optional.empty(), Map.of());
        try (MailauthFilter filter = filter(strict, DnsResolver.unavailable())) {
            assertThat(filter.scan(mail(MESSAGE, "ann@example.org", Optional.empty()), deadline()))
                    .isInstanceOf(FilterResult.NoVerdict.class);
        }
    }

    @Test
    void scan_ofAUserWhoLoggedIn_asksNothingOfTheAddress() throws Exception {
        dns.txt("example.org", "v=spf1 -all");
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        FilterResult result = scan(MailauthConfig.defaults(), mail(MESSAGE, "ann@example.org", Optional.of("ann")));
        assertThat(symbols(result)).doesNotContain("SPF_FAIL", "DMARC_REJECT");
        assertThat(findings(result).trace().add().getFirst().value()).contains("auth=pass");
    }

    @Test
    void scan_nullSender_usesHelo() throws Exception {
        dns.txt("mail.example.org", "v=spf1 a -all").address("mail.example.org", "192.0.2.1");
        FilterResult result = scan(MailauthConfig.defaults(), mail(MESSAGE, "", Optional.empty()));
        assertThat(symbols(result)).contains("SPF_PASS");
        assertThat(findings(result).trace().add().getFirst().value()).contains("smtp.helo=mail.example.org");
    }

    @Test
    void scan_whenItsAnswerIsNotWantedAnyMore_endsAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        DnsResolver stuck = (question, deadline) -> {
            asked.countDown();
            new CountDownLatch(1).await();
            return new DnsAnswer.NoData();
        };
        try (MailauthFilter filter = filter(MailauthConfig.defaults(), stuck)) {
            MailTransaction mail = mail(MESSAGE, "ann@example.org", Optional.empty());
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    filter.scan(mail, deadline());
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
            asked.await();
            thread.interrupt();
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void scan_afterTheDeadline_hasNoVerdict() throws Exception {
        try (MailauthFilter filter = filter(MailauthConfig.defaults(), dns)) {
            assertThat(filter.scan(mail(MESSAGE, "", Optional.empty()), Deadline.in(Duration.ZERO)))
                    .isInstanceOfSatisfying(FilterResult.NoVerdict.class, silence -> {
                        assertThat(silence.soFar().trace())
                                .as("the forged field goes all the same")
                                .isEqualTo(new Trace(List.of(), Set.of(0)));
                        assertThat(silence.soFar().findings())
                                .extracting(Finding::symbol)
                                .containsExactly("AUTHRES_FORGED");
                    });
        }
    }

    @Test
    void config_withAnotherScore_usesIt_andRefusesUnknownSymbols() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        MailauthConfig config = new MailauthConfig(
                "mx.example.net",
                Duration.ofSeconds(20),
                10,
                MailauthConfig.TempErrors.REPORT,
                Optional.empty(),
                Map.of("DMARC_REJECT", 3.0));
        assertThat(findings(scan(config, mail(MESSAGE, "ann@example.org", Optional.empty())))
                        .findings())
                .anySatisfy(finding -> assertThat(finding.score()).isEqualTo(3.0));
        assertThatThrownBy(() -> new MailauthConfig(
                        "",
                        Duration.ofSeconds(20),
                        10,
                        MailauthConfig.TempErrors.REPORT,
                        Optional.empty(),
                        Map.of("NO_SUCH", 1.0)))
                .hasMessageContaining("NO_SUCH");
    }

    @Test
    void factory_makesTheFilterOfThatName() {
        MailauthFactory factory = new MailauthFactory();
        Surroundings surroundings = new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry(), dns);
        try (var filter = factory.create(MailauthConfig.defaults(), surroundings)) {
            assertThat(filter.name()).isEqualTo(factory.name()).isEqualTo("mailauth");
        }
    }
}
