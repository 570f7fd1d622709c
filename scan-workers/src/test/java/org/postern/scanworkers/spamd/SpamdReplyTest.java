// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpamdReplyTest {
    private static final String GOOD =
            "SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\nSpam: True ; 15.5 / 5.0\r\n\r\nGTUBE,A\r\n";

    private static SpamdReply parse(String text) {
        return SpamdReply.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void parse_ofAWholeReply_givesScoreAndSymbols() {
        assertThat(parse(GOOD)).isEqualTo(new SpamdReply.Scored(15.5, true, "GTUBE,A"));
        assertThat(parse("SPAMD/1.1 0 EX_OK\r\nX-New: field\r\nSpam: False ; -1.2 / 5.0\r\n\r\nB"))
                .isEqualTo(new SpamdReply.Scored(-1.2, false, "B"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SPAMD/1.0 76 Bad header line: (Content-Length mismatch\r\n",
                "SPAMD/1.1 0 EX_OK\r\n\r\n",
                "SPAMD/1.1 0 EX_OK\r\nSpam: False ; nan / 5.0\r\n\r\n",
                "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 1 / 5\r\nSpam: False ; 9 / 5\r\n\r\n",
                "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 1.0 / 5.0\r\n",
                "HTTP/1.1 200 OK\r\nSpam: False ; 1.0 / 5.0\r\n\r\n"
            })
    void parse_ofAnythingElse_isNoVerdict(String reply) {
        assertThat(parse(reply)).isInstanceOf(SpamdReply.Failed.class);
    }

    @Test
    void parse_ofABusyServer_isTemporary() {
        assertThat(parse("SPAMD/1.0 79 Timeout: (30 second timeout)\r\n"))
                .isInstanceOfSatisfying(
                        SpamdReply.Failed.class,
                        failed -> assertThat(failed.temporary()).isTrue());
    }

    @Test
    void parse_ofAReplyCutAnywhere_isNoVerdict() {
        byte[] whole = GOOD.getBytes(StandardCharsets.ISO_8859_1);
        for (int length = 0; length < whole.length; length++) {
            assertThat(SpamdReply.parse(Arrays.copyOf(whole, length))).isInstanceOf(SpamdReply.Failed.class);
        }
    }

    @Test
    void parse_ofMutatedReplies_neverFails() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = GOOD.getBytes(StandardCharsets.ISO_8859_1);
            for (int k = 0; k < 1 + random.nextInt(5); k++) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            assertThat(SpamdReply.parse(octets)).as("seed %d", seed).isNotNull();
        }
    }
}
