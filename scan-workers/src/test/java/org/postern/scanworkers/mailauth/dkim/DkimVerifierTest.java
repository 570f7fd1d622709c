// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.testkit.SharedSuites;

@Timeout(60)
final class DkimVerifierTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final String KEY = "k._domainkey.example.org";
    private static final String MESSAGE = "From: ann@example.org\r\nSubject: hello\r\n\r\nbody\r\n";

    private final InMemoryDns dns = new InMemoryDns();
    private final KeyPair pair = pair(2048);

    private static KeyPair pair(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static SignedMessage message(String text) throws Exception {
        MessageContent content = MessageContent.of(text.getBytes(StandardCharsets.ISO_8859_1));
        return new SignedMessage(content, MessageHeader.read(content, ByteSize.ofKiB(256)));
    }

    private List<DkimOutcome> verify(String text) throws Exception {
        return new DkimVerifier(new KeyLookup(dns), 3, Clock.fixed(NOW, ZoneOffset.UTC))
                .verify(message(text), Deadline.in(Duration.ofSeconds(20)));
    }

    private void publish(KeyPair key, String tags) {
        dns.remove(KEY);
        dns.txt(
                KEY,
                tags + "p=" + Base64.getEncoder().encodeToString(key.getPublic().getEncoded()));
    }

    /// Signs with our own parts; that they are right is shown by the tests beside the peers.
    private String signed(String text, String extraTags, KeyPair key) throws Exception {
        SignedMessage message = message(text);
        String hash = Base64.getEncoder()
                .encodeToString(message.body(Canonicalization.Form.RELAXED, OptionalLong.empty())
                        .sha256());
        String field = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=k; h=from:subject; bh="
                + hash + "; " + extraTags + "b=";
        byte[] octets = message.signedOctets(
                Canonicalization.Form.RELAXED, List.of("from", "subject"), field, Optional.empty());
        return field + Base64.getEncoder().encodeToString(Crypto.RSA_SHA256.sign(key.getPrivate(), octets)) + "\r\n"
                + text;
    }

    private void assertResult(String text, DkimResult result) throws Exception {
        assertThat(verify(text))
                .singleElement()
                .satisfies(outcome ->
                        assertThat(outcome.result()).as(outcome.toString()).isEqualTo(result));
    }

    @Test
    void verify_goodSignature_passes_andNamesTheDomain() throws Exception {
        publish(pair, "v=DKIM1; ");
        assertThat(verify(signed(MESSAGE, "", pair))).singleElement().satisfies(outcome -> {
            assertThat(outcome.result()).isEqualTo(DkimResult.PASS);
            assertThat(outcome.domain()).isEqualTo("example.org");
            assertThat(outcome.keyBits()).isEqualTo(2048);
        });
    }

    @Test
    void verify_signedFieldThatWasAddedOnceMore_passesAndVouchesForNothing() throws Exception {
        publish(pair, "v=DKIM1; ");
        String signed = signed(MESSAGE, "", pair);
        assertThat(verify("Subject: another\r\n" + signed)).singleElement().satisfies(outcome -> {
            assertThat(outcome.result()).isEqualTo(DkimResult.PASS);
            assertThat(outcome.vouches()).isFalse();
        });
        assertThat(verify("Date: not signed\r\nDate: nor this\r\n" + signed))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.vouches()).isTrue());
    }

    @Test
    void verify_noSignature_isNothing() throws Exception {
        assertThat(verify(MESSAGE)).isEmpty();
    }

    @Test
    void verify_everyKindOfDnsTrouble_isTempError() throws Exception {
        for (Reason reason : Reason.values()) {
            dns.failing(KEY, reason);
            assertResult(signed(MESSAGE, "", pair), DkimResult.TEMPERROR);
        }
    }

    @Test
    void verify_missingOrRevokedKey_isPermError() throws Exception {
        assertResult(signed(MESSAGE, "", pair), DkimResult.PERMERROR);
        dns.txt(KEY, "v=DKIM1; p=");
        assertResult(signed(MESSAGE, "", pair), DkimResult.PERMERROR);
    }

    @Test
    void verify_keyOf768Bits_isNoPass() throws Exception {
        KeyPair small = pair(768);
        publish(small, "");
        assertResult(signed(MESSAGE, "", small), DkimResult.PERMERROR);
    }

    @Test
    void verify_rsaSha1_fails() throws Exception {
        publish(pair, "");
        assertResult(signed(MESSAGE, "", pair).replace("rsa-sha256", "rsa-sha1"), DkimResult.FAIL);
    }

    @Test
    void verify_expiredOrFutureSignature_fails() throws Exception {
        publish(pair, "");
        long now = NOW.getEpochSecond();
        assertResult(signed(MESSAGE, "x=" + (now - 1) + "; ", pair), DkimResult.FAIL);
        assertResult(signed(MESSAGE, "t=" + (now + 3600) + "; ", pair), DkimResult.FAIL);
        assertResult(signed(MESSAGE, "t=" + now + "; x=" + (now + 1) + "; ", pair), DkimResult.PASS);
    }

    @Test
    void verify_keyForOtherUses_isPermError() throws Exception {
        for (String tags : new String[] {"v=DKIM2; ", "s=tlsrpt; ", "h=sha1; ", "k=ed25519; ", "k=dsa; "}) {
            publish(pair, tags);
            assertResult(signed(MESSAGE, "", pair), DkimResult.PERMERROR);
        }
    }

    @Test
    void verify_identityBelowTheDomain_dependsOnTheKeysFlag() throws Exception {
        publish(pair, "");
        assertResult(signed(MESSAGE, "i=a@sub.example.org; ", pair), DkimResult.PASS);
        publish(pair, "t=s; ");
        assertResult(signed(MESSAGE, "i=a@sub.example.org; ", pair), DkimResult.PERMERROR);
        assertResult(signed(MESSAGE, "i=a@example.org; ", pair), DkimResult.PASS);
        assertResult(signed(MESSAGE, "i=a@example.com; ", pair), DkimResult.PERMERROR);
    }

    @Test
    void verify_junkBetweenHeaderAndBody_isNeverAPass() throws Exception {
        publish(pair, "");
        String good = signed(MESSAGE, "", pair);
        String[] junk = {"junk\r\n", "\n\r\n", "\0\r\n", "From eve\r\n", ": x\r\n", "é: x\r\n", "\r\r\n", "\n"};
        for (String each : junk) {
            String smuggled = good.replace("\r\n\r\n", "\r\n" + each + "\r\n");
            assertThat(verify(smuggled))
                    .as("junk %s", each.replaceAll("\\p{Cntrl}", "?"))
                    .noneMatch(outcome -> outcome.result() == DkimResult.PASS);
        }
    }

    @Test
    void verify_moreSignaturesThanTheBound_looksAtTheFirstOnly() throws Exception {
        publish(pair, "");
        String good = signed(MESSAGE, "", pair);
        String field = good.substring(0, good.indexOf("\r\n") + 2);
        int before = dns.questions();
        List<DkimOutcome> outcomes = verify(field.repeat(500) + good);
        assertThat(outcomes).hasSize(4);
        assertThat(outcomes.getLast().result()).isEqualTo(DkimResult.NEUTRAL);
        assertThat(dns.questions() - before).isEqualTo(3);
    }

    @Test
    void verify_samplesOfRfc8463_pass() throws Exception {
        Path sample = SharedSuites.path("dkim/rfc6376.signed.msg");
        dns.txt(
                "brisbane._domainkey.football.example.com",
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        dns.txt(
                "test._domainkey.football.example.com",
                "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2"
                        + "jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZy"
                        + "VYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
        String text = Files.readString(sample, StandardCharsets.ISO_8859_1)
                .replace("\r\n", "\n")
                .replace("\n", "\r\n");
        assertThat(verify(text)).hasSize(2).allMatch(outcome -> outcome.result() == DkimResult.PASS);
    }

    @Test
    void verify_randomSignatureFields_neverThrows_andNeverPasses() throws Exception {
        publish(pair, "");
        long seed = System.nanoTime();
        System.err.println("DkimVerifierTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {
            "v=1",
            ";",
            "a=rsa-sha256",
            "a=",
            "b=AAAA",
            "bh=",
            "c=relaxed",
            "/simple",
            "d=example.org",
            "s=k",
            "h=from",
            ":",
            " ",
            "\r\n ",
            "l=9",
            "9999999999999",
            "t=",
            "x=1",
            "i=@example.org",
            "q=dns/txt",
            "=",
            "é",
            "\t",
            "\0"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder field = new StringBuilder("DKIM-Signature: ");
            for (int j = random.nextInt(30); j >= 0; j--) {
                field.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(verify(field + "\r\n" + MESSAGE)).noneMatch(outcome -> outcome.result() == DkimResult.PASS);
        }
    }

    @Test
    void bodyHash_writtenInAnyPieces_isTheSame() throws Exception {
        long seed = System.nanoTime();
        System.err.println("DkimVerifierTest seed " + seed);
        Random random = new Random(seed);
        String alphabet = " \t\r\n\r\n\r\nab";
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(40); j > 0; j--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String body = text.toString().replaceAll("(?<!\r)\n", "").replaceAll("\r(?!\n)", "");
            for (Canonicalization.Form form : Canonicalization.Form.values()) {
                BodyHash hash = new BodyHash(form, OptionalLong.empty());
                hash.write(body.getBytes(StandardCharsets.ISO_8859_1), 0, body.length());
                assertThat(hash.digest())
                        .as("%s of %s", form, body.replace("\r\n", "$"))
                        .isEqualTo(Crypto.sha256().digest(plain(form, body).getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
    }

    /// The canonical body by the words of RFC 6376 section 3.4.3 and 3.4.4, line by line.
    private static String plain(Canonicalization.Form form, String body) {
        String text = form == Canonicalization.Form.SIMPLE
                ? body
                : body.replaceAll("[ \t]+", " ").replaceAll(" (?=\r\n|$(?![\r\n]))", "");
        text = text.replaceAll("(\r\n)+$(?![\r\n])", "");
        return text.isEmpty() && form == Canonicalization.Form.RELAXED ? "" : text + "\r\n";
    }
}
