// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.smtpfront.BareLineEnds;
import org.postern.smtpfront.Mutations;

final class MessageReaderFuzzTest {
    private record Read(boolean ended, boolean bare, String content, int used) {}

    @FuzzTest(maxDuration = "5m")
    void every_cut_gives_the_same_message_and_only_a_dot_alone_ends_it(byte[] octets) {
        check(octets);
    }

    @Test
    void every_change_of_the_corpus_gives_the_same_message_however_it_is_cut() throws IOException {
        Mutations.of(
                MessageReaderFuzzTest.class,
                "every_cut_gives_the_same_message_and_only_a_dot_alone_ends_it",
                MessageReaderFuzzTest::check);
    }

    private static void check(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        Random random = new Random(Arrays.hashCode(octets));
        for (BareLineEnds policy : BareLineEnds.values()) {
            Read whole = data(octets, policy, octets.length);
            assertThat(data(octets, policy, 1)).isEqualTo(whole);
            assertThat(data(octets, policy, 1 + random.nextInt(octets.length + 1)))
                    .isEqualTo(whole);
            expectEnd(text, whole);
            if (policy == BareLineEnds.REFUSE && whole.ended()) {
                assertThat(whole.content()).isEqualTo(unstuffed(text.substring(0, whole.used() - 3)));
            }
            if (policy == BareLineEnds.NORMALISE && whole.ended()) {
                assertThat(whole.content().replace("\r\n", "")).doesNotContain("\r", "\n");
            }
            for (boolean binary : new boolean[] {false, true}) {
                Read chunk = chunks(octets, policy, binary, octets.length);
                assertThat(chunks(octets, policy, binary, 1)).isEqualTo(chunk);
                assertThat(chunks(octets, policy, binary, 1 + random.nextInt(octets.length + 1)))
                        .isEqualTo(chunk);
                if (policy == BareLineEnds.REFUSE || binary) {
                    assertThat(chunk.content()).isEqualTo(text);
                }
                if (!binary) {
                    assertThat(chunk.bare()).isEqualTo(hasBare(text));
                }
            }
        }
    }

    /// The first line that is one dot, lines being what CRLF ends; the only end there is.
    private static void expectEnd(String text, Read read) {
        int end = text.startsWith(".\r\n") ? 3 : text.indexOf("\r\n.\r\n") + 5;
        boolean ends = end > 4 || text.startsWith(".\r\n");
        assertThat(read.ended()).isEqualTo(ends);
        assertThat(read.used()).isEqualTo(ends ? end : text.length());
    }

    private static String unstuffed(String lines) {
        String first = lines.startsWith(".") ? lines.substring(1) : lines;
        return first.replace("\r\n.", "\r\n");
    }

    private static boolean hasBare(String text) {
        String rest = text.replace("\r\n", "");
        return rest.contains("\r")
                || rest.contains("\n")
                || text.replace("\r\n", "x").matches("(?s).*[\r\n].*");
    }

    private static Read data(byte[] octets, BareLineEnds policy, int piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataReader reader = new DataReader(out::write, policy);
        int at = 0;
        while (at < octets.length && !reader.ended()) {
            at = reader.read(octets, at, Math.min(octets.length, at + piece));
        }
        return new Read(reader.ended(), reader.sawBareLineEnd(), out.toString(StandardCharsets.ISO_8859_1), at);
    }

    private static Read chunks(byte[] octets, BareLineEnds policy, boolean binary, int piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ChunkReader reader = new ChunkReader(out::write, policy, binary);
        int at = 0;
        while (at < octets.length) {
            int size = Math.min(Math.max(1, piece), octets.length - at);
            reader.begin(size, false);
            at = reader.read(octets, at, octets.length);
        }
        reader.begin(0, true);
        return new Read(reader.ended(), reader.sawBareLineEnd(), out.toString(StandardCharsets.ISO_8859_1), at);
    }
}
