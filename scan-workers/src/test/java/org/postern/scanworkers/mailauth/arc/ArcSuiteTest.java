// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.mailauth.SuiteFiles.cast;
import static org.postern.scanworkers.mailauth.SuiteFiles.map;
import static org.postern.scanworkers.mailauth.SuiteFiles.text;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.scanworkers.mailauth.SuiteFiles;
import org.postern.scanworkers.mailauth.dkim.Crypto;
import org.postern.scanworkers.mailauth.dkim.KeyLookup;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;
import org.postern.scanworkers.mailauth.dkim.TagList;
import org.postern.testkit.SharedSuites;

/// The ValiMail ARC test suite: validation and signing.
final class ArcSuiteTest {
    @Test
    void suites_have45And9Cases() {
        assertThat(count("arc/validation.json")).isEqualTo(45);
        assertThat(count("arc/signing.json")).isEqualTo(9);
    }

    private static int count(String suite) {
        return SuiteFiles.scenarios(SharedSuites.path(suite)).stream()
                .mapToInt(s -> map(s, "tests").size())
                .sum();
    }

    @TestFactory
    Stream<DynamicNode> validation() {
        return cases("arc/validation.json", ArcSuiteTest::validates);
    }

    @TestFactory
    Stream<DynamicNode> signing() {
        return cases("arc/signing.json", ArcSuiteTest::signs);
    }

    private interface Case {
        void run(Map<String, Object> scenario, Map<String, Object> test, InMemoryDns dns) throws Exception;
    }

    private static Stream<DynamicNode> cases(String suite, Case run) {
        return SharedSuites.tests(suite, file -> cases(SuiteFiles.scenarios(file), run));
    }

    private static Stream<DynamicNode> cases(List<Map<String, Object>> scenarios, Case run) {
        return scenarios.stream().flatMap(scenario -> {
            InMemoryDns dns = new InMemoryDns();
            map(scenario, "txt-records")
                    .forEach((name, text) -> dns.txt(name, text.toString().replace("\n", "")));
            return map(scenario, "tests").entrySet().stream()
                    .map(entry -> DynamicTest.dynamicTest(
                            scenario.get("description") + ": " + entry.getKey(),
                            () -> run.run(scenario, cast(entry.getValue()), dns)));
        });
    }

    private static void validates(Map<String, Object> scenario, Map<String, Object> test, InMemoryDns dns)
            throws Exception {
        ArcOutcome outcome = validate(message(text(test, "message")), dns);
        String expected = text(test, "cv").toLowerCase(Locale.ROOT);
        // The suite leaves open what to call a chain that an earlier hop already sealed as failed.
        if (expected.isEmpty()) {
            assertThat(outcome.result()).isEqualTo(ArcResult.FAIL);
        } else {
            assertThat(outcome.result().word())
                    .as("%s: %s%n%s", test.get("description"), outcome, test.get("message"))
                    .isEqualTo(expected);
        }
    }

    private static ArcOutcome validate(SignedMessage message, InMemoryDns dns) throws Exception {
        return new ArcValidator(new KeyLookup(dns)).validate(message, Deadline.in(Duration.ofSeconds(20)));
    }

    private static void signs(Map<String, Object> scenario, Map<String, Object> test, InMemoryDns dns)
            throws Exception {
        ArcSigner signer = new ArcSigner(
                Crypto.RSA_SHA256,
                privateKey(text(scenario, "privatekey")),
                text(scenario, "domain"),
                text(scenario, "sel"),
                Arrays.asList(text(test, "sig-headers").split(":", -1)));
        SignedMessage message = message(text(test, "message"));
        String results =
                message.header().first("Authentication-Results").orElseThrow().value();
        List<HeaderField> fields = signer.seal(message, results, validate(message, dns), Instant.ofEpochSecond((Integer)
                Objects.requireNonNull(test.get("t"))));
        assertThat(fields)
                .extracting(HeaderField::name)
                .containsExactly("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results");
        assertSameTags(fields.get(0), text(test, "AS"));
        assertSameTags(fields.get(1), text(test, "AMS"));
        assertThat(squeezed(fields.get(2).value())).isEqualTo(squeezed(text(test, "AAR")));

        StringBuilder sealed = new StringBuilder();
        fields.forEach(field ->
                sealed.append(field.name()).append(":").append(field.rawValue()).append("\r\n"));
        assertThat(validate(message(sealed + text(test, "message")), dns).result())
                .isEqualTo(ArcResult.PASS);
    }

    private static void assertSameTags(HeaderField field, String expected) {
        assertThat(tags(field.rawValue())).isEqualTo(tags(expected));
    }

    private static Map<String, String> tags(String text) {
        Map<String, String> tags =
                new java.util.TreeMap<>(TagList.parse(text.replace("\r\n", "\n").replace("\n", "\r\n"))
                        .orElseThrow()
                        .tags());
        tags.replaceAll((name, value) -> value.replaceAll("\\s", ""));
        return tags;
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static SignedMessage message(String text) throws Exception {
        String crlf = text.replace("\r\n", "\n").replace("\n", "\r\n");
        MessageContent content = MessageContent.of(crlf.getBytes(StandardCharsets.UTF_8));
        return new SignedMessage(content, MessageHeader.read(content, ByteSize.ofKiB(256)));
    }

    /// The suite has keys in the frame of PKCS #1; the JDK reads PKCS #8.
    private static PrivateKey privateKey(String pem) throws Exception {
        byte[] pkcs1 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        byte[] head = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");
        int inner = pkcs1.length + 4;
        byte[] pkcs8 = new byte[head.length + inner + 4];
        sequence(pkcs8, 0, 0x30, head.length + inner);
        System.arraycopy(head, 0, pkcs8, 4, head.length);
        sequence(pkcs8, 4 + head.length, 0x04, pkcs1.length);
        System.arraycopy(pkcs1, 0, pkcs8, 8 + head.length, pkcs1.length);
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static void sequence(byte[] der, int at, int tag, int length) {
        der[at] = (byte) tag;
        der[at + 1] = (byte) 0x82;
        der[at + 2] = (byte) (length >> 8);
        der[at + 3] = (byte) length;
    }
}
