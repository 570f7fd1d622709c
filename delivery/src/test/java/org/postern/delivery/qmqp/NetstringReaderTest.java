// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.delivery.Mails;

class NetstringReaderTest {
    @TempDir
    private Path folder;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private QmqpRequest read(byte[] octets) throws IOException {
        try (MessageContentBuilder builder = new MessageContentBuilder(ByteSize.ofKiB(1), folder)) {
            return QmqpRequest.read(new ByteArrayInputStream(octets), builder, 10_000, 3);
        }
    }

    @Test
    void request_ofTheProtocolPage_isRead() throws IOException {
        QmqpRequest request = read(ascii("51:10:Subject: x,16:me@heaven.af.mil,13:god@heaven.af,,"));
        try (request) {
            assertThat(request.sender()).isEqualTo("me@heaven.af.mil");
            assertThat(request.recipients()).containsExactly("god@heaven.af");
            assertThat(request.content().newInputStream()).hasBinaryContent(ascii("Subject: x"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":",
                ",",
                "x",
                "-1:",
                "+5:",
                " 5:",
                "05:",
                "00:",
                "5",
                "5;",
                "99999999999:",
                "4294967296:",
                "12:5:hello,3:abcX",
                "10:5:hello,0:,",
                "11:9:hello,0:,,",
                "11:5:hello;0:,,",
                "11:5:hello,0:,;",
                "5:5:hello,",
                "0:,",
                "20000:"
            })
    void request_thatIsNone_isRefused(String text) {
        assertThatThrownBy(() -> read(ascii(text + "  "))).isInstanceOf(NetstringReader.MalformedException.class);
    }

    @Test
    void recipients_beyondTheLimit_areRefused() throws IOException {
        assertThat(read(ascii("23:5:hello,0:,1:a,1:b,1:c,,")).recipients()).hasSize(3);
        assertThatThrownBy(() -> read(ascii("27:5:hello,0:,1:a,1:b,1:c,1:d,,")))
                .isInstanceOf(NetstringReader.MalformedException.class);
    }

    @Test
    void request_cutAtAnyOctet_isNeverTakenForWhole() {
        byte[] whole = ascii("31:10:Subject: x,5:me@af,6:god@af,,");
        for (int i = 0; i < whole.length; i++) {
            byte[] part = java.util.Arrays.copyOf(whole, i);
            assertThatThrownBy(() -> read(part)).as("cut at %d", i).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void randomRequests_areReadAsWritten_andRandomDamageIsRefusedOrBounded() throws IOException {
        long seed = System.nanoTime();
        System.err.println("NetstringReaderTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] message = new byte[random.nextInt(3000)];
            random.nextBytes(message);
            List<String> recipients = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                recipients.add("r" + random.nextInt() + "@example.org");
            }
            byte[] octets = encode(message, "s@example.com", recipients);
            try (QmqpRequest request = read(octets)) {
                assertThat(request.recipients()).isEqualTo(recipients);
                assertThat(request.sha256()).isEqualTo(Mails.sha256(message));
                assertThat(request.content().size()).isEqualTo(message.length);
            }
            octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
            try (QmqpRequest request = read(octets)) {
                assertThat(request.content().size()).isLessThanOrEqualTo(10_000);
            } catch (NetstringReader.MalformedException | EOFException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    static byte[] encode(byte[] message, String sender, List<String> recipients) throws IOException {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.write(ascii(message.length + ":"));
        inner.write(message);
        inner.write(ascii("," + sender.length() + ":" + sender + ","));
        for (String recipient : recipients) {
            inner.write(ascii(recipient.length() + ":" + recipient + ","));
        }
        ByteArrayOutputStream outer = new ByteArrayOutputStream();
        outer.write(ascii(inner.size() + ":"));
        inner.writeTo(outer);
        outer.write(',');
        return outer.toByteArray();
    }
}
