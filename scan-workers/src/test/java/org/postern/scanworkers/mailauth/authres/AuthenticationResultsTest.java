// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.authres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;

final class AuthenticationResultsTest {
    private static MessageHeader header(String text) throws Exception {
        return MessageHeader.read(MessageContent.of(text.getBytes(StandardCharsets.ISO_8859_1)), ByteSize.ofKiB(64));
    }

    private static AuthenticationResults.Result result(String method, String result, String... properties) {
        SequencedMap<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            map.put(properties[i], properties[i + 1]);
        }
        return new AuthenticationResults.Result(method, result, "", map);
    }

    @Test
    void field_hasOneLineForEachResult() {
        AuthenticationResults results = new AuthenticationResults(
                "mx.example.org",
                List.of(
                        result("spf", "pass", "smtp.mailfrom", "a@example.net"),
                        result("dmarc", "fail", "header.from", "example.com")));
        assertThat(results.field().value())
                .isEqualTo("mx.example.org;\tspf=pass\t smtp.mailfrom=a@example.net;\tdmarc=fail\t"
                        + " header.from=example.com");
    }

    @Test
    void field_withoutResults_saysNone() {
        assertThat(new AuthenticationResults("mx.example.org", List.of())
                        .field()
                        .value())
                .isEqualTo("mx.example.org; none");
    }

    @Test
    void authservId_thatCouldEndTheField_isRefused() {
        assertThatThrownBy(() -> new AuthenticationResults("a;b", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void field_withRandomValues_isAlwaysOneField_withThatManyResults() throws Exception {
        long seed = System.nanoTime();
        System.err.println("AuthenticationResultsTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {"a", ";", "\r\n", "\"", "\\", " ", "spf=pass", "(", ")", "\0", "é", "x@y", "=", "\n\nX: y"};
        for (int i = 0; i < 10_000; i++) {
            StringBuilder value = new StringBuilder();
            for (int j = random.nextInt(8); j >= 0; j--) {
                value.append(parts[random.nextInt(parts.length)]);
            }
            HeaderField field = new AuthenticationResults(
                            "mx.example.org", List.of(result("spf", "fail", "smtp.mailfrom", value.toString())))
                    .field();
            MessageHeader read = header(field.name() + ":" + field.rawValue() + "\r\n\r\nbody");
            assertThat(read.fields()).hasSize(1);
            String outsideQuotes = read.fields().getFirst().value().replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", "");
            assertThat(outsideQuotes.chars().filter(c -> c == ';').count()).isEqualTo(1);
            assertThat(outsideQuotes).doesNotContain("spf=pass");
        }
    }

    @Test
    void forged_findsEveryWayToWriteOurName_andLeavesOthersAlone() throws Exception {
        String[] ours = {
            "mx.example.org; spf=pass",
            "MX.example.ORG; spf=pass",
            " mx.example.org 1; spf=pass",
            "\"mx.example.org\"; spf=pass",
            "(comment) mx.example.org; spf=pass",
            "(a (nested) one) mx.example.org; spf=pass",
            "mx.example.org(comment); spf=pass",
            "\r\n mx.example.org; spf=pass",
            "mx.example.org/1; spf=pass",
            "mx.example.org.; spf=pass",
            "\"mx.ex\\ample.org\"; spf=pass",
            "((((((((((deep))))))))))mx.example.org; spf=pass",
            "(a \\) b) mx.example.org; spf=pass",
            "(" + "a".repeat(60_000) + ") mx.example.org; spf=pass",
            "(" + "(a)".repeat(20_000) + ") mx.example.org; spf=pass",
            "mx.example.org"
        };
        for (String value : ours) {
            assertThat(AuthenticationResults.forged(
                            header("Authentication-Results: " + value + "\r\nFrom: a@b\r\n\r\n"), "mx.example.org"))
                    .as(value)
                    .isEqualTo(Set.of(0));
        }
        for (String value : new String[] {
            "mx.example.net; spf=pass",
            "other; x=mx.example.org",
            "",
            "\"" + "a".repeat(60_000) + "\"",
            "(".repeat(60_000)
        }) {
            assertThat(AuthenticationResults.forged(
                            header("Authentication-Results: " + value + "\r\n\r\n"), "mx.example.org"))
                    .as(value)
                    .isEmpty();
        }
        assertThat(AuthenticationResults.forged(
                        header("X-Authentication-Results: mx.example.org; spf=pass\r\n\r\n"), "mx.example.org"))
                .isEmpty();
    }
}
