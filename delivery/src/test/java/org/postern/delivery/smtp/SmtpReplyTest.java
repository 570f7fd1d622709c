// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpReplyTest {
    private static SmtpReply read(String text) throws IOException {
        return SmtpReply.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void replies_areReadAsTheyMayCome() throws IOException {
        assertThat(read("250 2.1.0 Ok\r\n")).isEqualTo(new SmtpReply(250, List.of("2.1.0 Ok")));
        assertThat(read("250\r\n")).isEqualTo(new SmtpReply(250, List.of("")));
        assertThat(read("250-a\n250-b\r\n250 c\r\n")).isEqualTo(new SmtpReply(250, List.of("a", "b", "c")));
        assertThat(read("550 5.1.1 no\r\n").status()).isEqualTo("5.1.1");
        assertThat(read("550 4.1.1 no\r\n").status()).as("of another class").isEqualTo("5.0.0");
        assertThat(read("421 x\r\n").status()).isEqualTo("4.0.0");
        assertThat(read("550 a\u0007\u0000b\r\n").toString()).isEqualTo("550 a??b");
        assertThat(Capabilities.of(read("250-x\r\n250-SIZE 10\r\n250-AUTH=PLAIN\r\n250 auth LOGIN\r\n"))
                        .mechanisms())
                .contains("PLAIN", "LOGIN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "250", "hello\r\n", "25 x\r\n", "650 x\r\n", "250-a\r\n251 b\r\n", "250x\r\n", "150 a\r\n"})
    void whatIsNoReply_isRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
    }

    @Test
    void repliesWithoutEnd_areGivenUp() {
        assertThatThrownBy(() -> read("250 " + "x".repeat(5000) + "\r\n")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("250-x\r\n".repeat(300) + "250 x\r\n")).isInstanceOf(IOException.class);
    }

    @Test
    void anyOctets_areAReplyOrAnIoException() {
        long seed = Long.getLong("postern.test.seed", System.nanoTime());
        Random random = new Random(seed);
        String alphabet = "0123459 -\r\n.a\u0000\u00ff";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "250" : "");
            for (int j = random.nextInt(12); j > 0; j--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                SmtpReply reply = read(text.toString());
                assertThat(reply.code()).isBetween(200, 599);
                assertThat(reply.status()).matches("[2345]\\.\\d+\\.\\d+");
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
        System.err.println("SmtpReplyTest seed " + seed);
    }

    @Test
    void commands_areOneLineWhateverTheyCarry() {
        assertThat(Commands.xtext("a+b=c d")).isEqualTo("a+2Bb+3Dc+20d");
        assertThatThrownBy(() -> Commands.octets("MAIL\r\nRCPT")).isInstanceOf(IllegalArgumentException.class);
    }
}
