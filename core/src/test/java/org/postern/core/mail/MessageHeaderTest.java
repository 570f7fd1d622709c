// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;

class MessageHeaderTest {
    @Test
    void read_ordinaryMessage_findsFieldsAndBody() throws IOException {
        String head = "Subject: one\r\n two\r\nX-Empty:\r\nfrom: a@example.org\r\n\r\n";
        MessageHeader header = read(head + "body: no field\r\n");
        assertThat(header.wellFormed()).isTrue();
        assertThat(header.bodyOffset()).isEqualTo(head.length());
        assertThat(header.fields()).extracting(HeaderField::name).containsExactly("Subject", "X-Empty", "from");
        assertThat(header.first("subject")).map(HeaderField::value).contains("one two");
        assertThat(header.first("subject")).map(HeaderField::rawValue).contains(" one\r\n two");
        assertThat(header.first("x-empty")).map(HeaderField::value).contains("");
    }

    @Test
    void read_lineThatIsNoField_endsTheHeaderBeforeIt() throws IOException {
        MessageHeader header = read("Subject: x\r\njunk without colon\r\nFrom: forged@example.org\r\n\r\nbody");
        assertThat(header.fields()).extracting(HeaderField::name).containsExactly("Subject");
        assertThat(header.bodyOffset()).isEqualTo("Subject: x\r\n".length());
        assertThat(header.wellFormed()).isFalse();
    }

    @Test
    void read_bareLineFeeds_areNoLineEnds() throws IOException {
        MessageHeader header = read("Subject: x\nFrom: forged@example.org\n\nbody\r\n\r\n");
        assertThat(header.fields()).hasSize(1);
        assertThat(header.first("from")).isEmpty();
    }

    @Test
    void read_headerOnlyEmptyOrBodyOnly_hasADefinedEnd() throws IOException {
        assertThat(read("").bodyOffset()).isZero();
        assertThat(read("\r\nbody")).isEqualTo(new MessageHeader(java.util.List.of(), 2, true, false));
        assertThat(read("Subject: x\r\n")).extracting(MessageHeader::bodyOffset).isEqualTo(12L);
        assertThat(read("Subject: x").first("subject")).map(HeaderField::value).contains("x");
        assertThat(read(" continuation first\r\n\r\n").wellFormed()).isFalse();
    }

    @Test
    void read_headerBeyondTheBound_isCutAtALine() throws IOException {
        String field = "X: " + "y".repeat(95) + "\r\n";
        MessageHeader header = MessageHeader.read(
                MessageContent.of((field.repeat(20) + "\r\n").getBytes(StandardCharsets.US_ASCII)), new ByteSize(1000));
        assertThat(header.fields()).hasSize(10);
        assertThat(header.bodyOffset()).isEqualTo(1000);
        assertThat(header.wellFormed()).isFalse();
        assertThat(header.cut()).isTrue();
    }

    @Test
    void read_moreFieldsThanAnybodyNeeds_isCutBeforeTheNextOne() throws IOException {
        String most = "X: y\r\n".repeat(MessageHeader.FIELDS_MAX);
        assertThat(read(most + " folded\r\n\r\n").cut()).isFalse();
        MessageHeader header = read(most + " folded\r\nY: z\r\n\r\n");
        assertThat(header.cut()).isTrue();
        assertThat(header.wellFormed()).isFalse();
        assertThat(header.fields()).hasSize(MessageHeader.FIELDS_MAX);
        assertThat(header.bodyOffset()).isEqualTo(most.length() + 9);
    }

    @Test
    void read_randomOctets_neverFailsAndKeepsEveryOctet() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] pieces = {"A", ":", " ", "\t", "\r\n", "\r", "\n", "Subject: x\r\n", "\r\n\r\n", "\u0000", "\u00ff"};
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            MessageHeader header = read(text.toString());
            assertThat(header.bodyOffset()).as("seed %s", seed).isBetween(0L, (long) text.length());
            int octets = header.fields().stream()
                    .mapToInt(field ->
                            field.name().length() + 1 + field.rawValue().length())
                    .sum();
            assertThat(octets).as("seed %s", seed).isLessThanOrEqualTo((int) header.bodyOffset());
        }
    }

    private static MessageHeader read(String text) throws IOException {
        return MessageHeader.read(MessageContent.of(text.getBytes(StandardCharsets.ISO_8859_1)), ByteSize.ofKiB(64));
    }
}
