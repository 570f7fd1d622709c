// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.Mails;
import org.postern.delivery.net.Watchdog;

class DataOctetsTest {
    private static String sent(byte[] message, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOctets data = new DataOctets(out);
        int at = 0;
        while (at < message.length) {
            int n = 1 + random.nextInt(message.length - at);
            data.write(message, at, n);
            at += n;
        }
        data.end();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void octets_thatAreAMessage_arriveAsTheyAreHoweverTheyAreCut() throws IOException {
        byte[] message = "A: b\r\n\r\n.\r\n..\r\n\r\n.x\r\nlast\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int seed = 0; seed < 50; seed++) {
            assertThat(sent(message, new Random(seed))).isEqualTo("A: b\r\n\r\n..\r\n...\r\n\r\n..x\r\nlast\r\n.\r\n");
        }
        assertThat(sent(new byte[0], new Random(1))).isEqualTo(".\r\n");
    }

    @Test
    void octets_whateverTheyAre_haveNoOtherLineEndAndOneEnd() throws IOException {
        long seed = Long.getLong("postern.test.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] alphabet = {'\r', '\n', '.', 'a', 0, ' ', '\r', '\n', '.'};
        for (int i = 0; i < 20_000; i++) {
            byte[] message = new byte[random.nextInt(12)];
            for (int j = 0; j < message.length; j++) {
                message[j] = alphabet[random.nextInt(alphabet.length)];
            }
            String out = sent(message, random);
            String what = "seed " + seed + ": " + HexFormat.of().formatHex(message);
            assertThat(out.replace("\r\n", "")).as(what).doesNotContain("\r", "\n");
            assertThat(("\r\n" + out).indexOf("\r\n.\r\n")).as(what).isEqualTo(out.length() - 3);
        }
    }

    /// Each form stands before a second transaction, and goes to a host over a connection.
    @ParameterizedTest
    @MethodSource("org.postern.testkit.FalseEnds#all")
    @ValueSource(strings = "0d0a2e0d0a")
    void falseEnd_inAStoredMail_neverMakesTwoMailsAtTheNextHost(String form) throws IOException {
        byte[] end = HexFormat.of().parseHex(form);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes("Subject: 1\r\n\r\na".getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(end);
        message.writeBytes("MAIL FROM:<evil@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nSubject: 2\r\n\r\nb\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                Watchdog watchdog = new Watchdog();
                SmtpConnection connection = SmtpConnection.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), host.port()),
                        "fake",
                        SmtpConnection.Protocol.SMTP,
                        SmtpTimeouts.all(Duration.ofSeconds(20)),
                        watchdog)) {
            connection.hello("client.example");
            List<SmtpReply> replies = connection.send(new MailRequest(
                    ReversePath.parse("a@x.example"),
                    List.of(Recipient.of(ForwardPath.parse("b@x.example"))),
                    MailParameters.NONE,
                    false,
                    message.size(),
                    () -> new java.io.ByteArrayInputStream(message.toByteArray())));
            assertThat(replies).isNotEmpty().allMatch(SmtpReply::isPositive);
            Mails.eventually(() -> host.mails().size() == 1);
            assertThat(host.mails().getFirst().octets().replace("\r\n", "")).doesNotContain("\r", "\n");
            assertThat(host.commands())
                    .filteredOn(line -> line.startsWith("MAIL"))
                    .hasSize(1);
        }
    }
}
