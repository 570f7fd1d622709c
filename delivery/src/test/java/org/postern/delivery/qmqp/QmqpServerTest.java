// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;

class QmqpServerTest {
    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private RunningStore store;

    @BeforeEach
    void start() {
        store = new RunningStore(folder);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private String send(byte[] octets) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), store.qmqp().port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(octets);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static byte[] mail(String sender, String... recipients) throws IOException {
        return NetstringReaderTest.encode(
                "A: b\n\nhello\n".getBytes(StandardCharsets.US_ASCII), sender, List.of(recipients));
    }

    @ParameterizedTest
    @CsvSource({
        "s@example.com, alice@example.org, K",
        "'', alice@example.org, K",
        "'#@[]', alice@example.org, K",
        "s@example.com, nobody@example.org, D",
        "s@example.com, alice@elsewhere.example, D",
        "s@example.com, no-address, D",
        "not an address, alice@example.org, D"
    })
    void answer_dependsOnSenderAndRecipient(String sender, String recipient, String code) throws IOException {
        assertThat(send(mail(sender, recipient))).matches("\\d+:" + code + "[ -~]*,");
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(code.equals("K") ? 1 : 0);
    }

    @Test
    void answer_isTemporary_whileTheDirectoryIsDown_andTheMailIsNotKept() throws IOException {
        store.directory().down(true);
        assertThat(send(mail("s@example.com", "alice@example.org"))).matches("\\d+:Z[ -~]*,");
        assertThat(store.store().stats().mails()).isZero();
    }

    @Test
    void mailWithoutRecipients_isRefused() throws IOException {
        assertThat(send(mail("s@example.com"))).matches("\\d+:D[ -~]*,");
    }

    @Test
    void malformedRequest_isRefusedWithAReadableAnswer() throws IOException {
        assertThat(send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .matches("\\d+:D[ -~]*,");
    }

    @Test
    void client_thatLeavesAtAnyOctet_leavesNothingBehind() throws IOException {
        byte[] whole = mail("s@example.com", "alice@example.org");
        for (int i = 0; i < whole.length; i++) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), store.qmqp().port())) {
                OutputStream out = socket.getOutputStream();
                out.write(whole, 0, i);
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readAllBytes()).isEmpty();
            }
        }
        assertThat(send(whole)).matches("\\d+:K[ -~]*,");
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(1);
    }

    @Test
    void answer_isNotGivenBeforeTheLastOctet() throws Exception {
        byte[] whole = mail("s@example.com", "nobody@example.org");
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), store.qmqp().port())) {
            socket.getOutputStream().write(whole, 0, whole.length - 1);
            Thread.sleep(200);
            assertThat(socket.getInputStream().available()).isZero();
            socket.getOutputStream().write(whole, whole.length - 1, 1);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains(":D");
        }
    }
}
