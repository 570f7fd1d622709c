// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.dns.DnsClient;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.RealDns;
import org.postern.testkit.Unbound;

/// The filter with the real resolver, a real DNS server and mail that dkimpy signed.
@Timeout(120)
final class MailauthUnboundTest {
    private static final String MESSAGE = """
            From: Ann <ann@example.org>
            To: bob@example.net
            Subject: hello
            Date: Fri, 20 Nov 2026 10:00:00 +0000

            Good morning.
            """.replace("\n", "\r\n");

    @TempDir
    private Path folder;

    private String zone = "";
    private byte[] signed = new byte[0];

    @BeforeEach
    void sign() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024); // its record fits into one string of a TXT record
        KeyPair pair = generator.generateKeyPair();
        Files.writeString(
                folder.resolve("key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(folder.resolve("plain"), MESSAGE);
        Files.writeString(folder.resolve("sign.py"), """
                import dkim
                plain = open("plain", "rb").read()
                key = open("key", "rb").read()
                open("signed.eml", "wb").write(dkim.sign(plain, b"s1", b"example.org", key) + plain)
                """);
        Process python = new ProcessBuilder("/usr/bin/python3", "sign.py")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
        signed = Files.readAllBytes(folder.resolve("signed.eml"));
        zone = """
                example TXT "v=spf1 ip4:192.0.2.0/24 -all"
                _dmarc.example TXT "v=DMARC1; p=reject"
                s1._domainkey.example TXT "v=DKIM1; k=rsa; p=%s"
                """.formatted(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
    }

    private Filter filter(DnsResolver dns, String settings, SimpleMeterRegistry meters) {
        MailauthConfig config = ConfigFile.parse("postern.yaml", folder, settings, List.of(), MailauthConfig.class);
        return new MailauthFactory().create(config, new Surroundings(folder, folder, meters, dns));
    }

    private static List<String> symbols(Filter filter, byte[] octets) throws Exception {
        MailTransaction mail = Mails.of(octets);
        return switch (filter.scan(mail, Deadline.in(Duration.ofSeconds(30)))) {
            case FilterResult.Findings found ->
                found.findings().stream().map(Finding::symbol).toList();
            case FilterResult.NoVerdict silence -> List.of("no verdict: " + silence.detail());
        };
    }

    @Test
    void scan_overARealServer_believesTheSignatureAndNoForgery() throws Exception {
        try (Unbound unbound = Unbound.start(
                        new Unbound.Zone("secure.example", "www A 127.0.0.1"),
                        Map.of(),
                        new Unbound.Zone("org", zone));
                DnsClient dns = RealDns.client(unbound);
                Filter filter = filter(dns, "{}", new SimpleMeterRegistry())) {
            assertThat(symbols(filter, signed)).containsExactly("SPF_FAIL", "DKIM_PASS", "DMARC_PASS");
            assertThat(symbols(filter, MESSAGE.getBytes(StandardCharsets.US_ASCII)))
                    .containsExactly("SPF_FAIL", "DMARC_REJECT");
            byte[] changed = signed.clone();
            changed[changed.length - 4] ^= 1;
            assertThat(symbols(filter, changed)).containsExactly("SPF_FAIL", "DKIM_FAIL", "DMARC_REJECT");
        }
    }

    @Test
    void signedSample_thatVerifies_letsMailsBeJudged_andOneThatDoesNot_none() throws Exception {
        byte[] changed = signed.clone();
        changed[changed.length - 4] ^= 1;
        Files.write(folder.resolve("broken.eml"), changed);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Unbound unbound = Unbound.start(
                        new Unbound.Zone("secure.example", "www A 127.0.0.1"),
                        Map.of(),
                        new Unbound.Zone("org", zone));
                DnsClient dns = RealDns.client(unbound);
                Filter good = filter(dns, "{ signed-sample: signed.eml }", meters);
                Filter bad = filter(dns, "{ signed-sample: broken.eml }", new SimpleMeterRegistry())) {
            while (!good.health().usable()) {
                Thread.sleep(20);
            }
            assertThat(symbols(good, signed)).contains("DKIM_PASS");
            assertThat(meters.get("postern.mailauth.sample").gauge().value()).isEqualTo(1);
            assertThat(symbols(bad, signed)).singleElement().asString().contains("the signed sample", "broken.eml");
            while (!bad.health().description().contains("does not verify")) {
                Thread.sleep(20);
            }
            assertThat(symbols(bad, signed)).singleElement().asString().contains("does not verify");
            assertThat(bad.status(Deadline.in(Duration.ofSeconds(30))).usable()).isFalse();
        }
    }

    @Test
    void signedSample_thatCannotBeRead_isNamedAtStart() {
        assertThatThrownBy(() ->
                        filter(DnsResolver.unavailable(), "{ signed-sample: none.eml }", new SimpleMeterRegistry()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.eml");
    }
}
