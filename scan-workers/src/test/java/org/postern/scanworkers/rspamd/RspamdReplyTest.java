// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RspamdReplyTest {
    private static RspamdReply parse(byte[] octets) {
        return RspamdReply.parse(octets, Duration.ofSeconds(8));
    }

    private static byte[] http(String status, String body) {
        return ("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String json(String action, double score, double time) {
        return "{\"is_skipped\":false,\"score\":" + score + ",\"required_score\":15.0,\"action\":\"" + action
                + "\",\"symbols\":{\"A\":{\"name\":\"A\",\"score\":1.5,\"options\":[\"x\"]},\"B\":{\"score\":0}},"
                + "\"messages\":{},\"time_real\":" + time + "}";
    }

    @Test
    void parse_ofAWholeReply_givesScoreActionAndSymbols() {
        assertThat(parse(http("200 OK", json("add header", 6.5, 0.1))))
                .isEqualTo(new RspamdReply.Scored(6.5, "add header", "A(1.5)", Duration.ofMillis(100)));
    }

    @Test
    void parse_ofAResultThatTookAsLongAsIsAllowed_isPartial() {
        assertThat(parse(http("200 OK", json("no action", 0, 8.01)))).isInstanceOf(RspamdReply.Partial.class);
    }

    @Test
    void parse_ofAResultThatDoesNotSayHowLongItTook_givesItAll() {
        for (double time : new double[] {-1, Double.NaN}) {
            String said = json("reject", 20, time).replace("NaN", "\"long\"");
            assertThat(parse(http("200 OK", said)))
                    .isEqualTo(new RspamdReply.Scored(20, "reject", "A(1.5)", Duration.ZERO));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"error\":\"x\"}",
                "{\"score\":1}",
                "{\"score\":1,\"action\":\"dance\"}",
                "{\"score\":\"1\",\"action\":\"reject\"}",
                "{\"score\":1,\"action\":\"no action\",\"is_skipped\":true}",
                "{\"score\":1,\"action\":",
                "&a [*a]",
                "<html>"
            })
    void parse_ofAnUnexpectedBody_isNoVerdict(String body) {
        assertThat(parse(http("200 OK", body))).isInstanceOf(RspamdReply.Failed.class);
    }

    @Test
    void parse_ofAnError_isNoVerdict() {
        assertThat(parse(http("513 too large", "{\"error\":\"message is too large\"}")))
                .isInstanceOf(RspamdReply.Failed.class);
    }

    @Test
    void parse_ofDeeplyNestedJson_isNoVerdict() {
        assertThat(parse(http("200 OK", "[".repeat(100_000)))).isInstanceOf(RspamdReply.Failed.class);
    }

    @Test
    void parse_ofAReplyCutAnywhere_isNoVerdict() {
        byte[] whole = http("200 OK", json("reject", 20, 0.1));
        for (int length = 0; length < whole.length; length++) {
            assertThat(parse(Arrays.copyOf(whole, length))).isInstanceOf(RspamdReply.Failed.class);
        }
    }

    @Test
    void parse_ofMutatedReplies_neverFails() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] octets = http("200 OK", json("reject", 20, 0.1));
            for (int k = 0; k < 1 + random.nextInt(5); k++) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            assertThat(parse(octets)).as("seed %d", seed).isNotNull();
        }
    }
}
