// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;

final class MessageContentWithoutTest {
    private static String text(MessageContent content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        content.writeTo(out);
        assertThat(content.size()).isEqualTo(out.size());
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static MessageContent content(String text) {
        return MessageContent.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String without(String text, Integer... indexes) throws Exception {
        MessageContent content = content(text);
        MessageHeader header = MessageHeader.read(content, ByteSize.ofKiB(64));
        return text(content.without(header, Set.of(indexes)));
    }

    @Test
    void without_foldedField_takesAllItsLines() throws Exception {
        assertThat(without("A: 1\r\nB : 2\r\n 3\r\nC: 4\r\n\r\nbody\r\n", 1)).isEqualTo("A: 1\r\nC: 4\r\n\r\nbody\r\n");
    }

    @Test
    void without_junkAfterTheHeader_keepsTheJunk() throws Exception {
        assertThat(without("A: 1\r\nB: 2\r\njunk\r\nC: 3\r\n\r\nbody", 0))
                .isEqualTo("B: 2\r\njunk\r\nC: 3\r\n\r\nbody");
    }

    @Test
    void without_lastFieldOfAMessageWithoutBody_takesIt() throws Exception {
        assertThat(without("A: 1\r\nB: 2", 1)).isEqualTo("A: 1\r\n");
    }

    @Test
    void read_ofRandomMessages_joinsToExactlyTheHeader() throws Exception {
        long seed = System.nanoTime();
        System.err.println("MessageContentWithoutTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {"A", ":", " ", "\t", "\r\n", "\r", "\n", "x", "From", "é", "\0"};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(20); j >= 0; j--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            MessageContent content = content(text.toString());
            MessageHeader header = MessageHeader.read(content, new ByteSize(random.nextInt(4, 64)));
            StringBuilder joined = new StringBuilder();
            for (RawHeader.RawField field : RawHeader.read(content, header).fields()) {
                assertThat(field.offset()).isEqualTo(joined.length());
                joined.append(field.octets());
            }
            String before = text.substring(0, (int) header.bodyOffset());
            assertThat(before).isIn(joined.toString(), joined + "\r\n");
        }
    }
}
