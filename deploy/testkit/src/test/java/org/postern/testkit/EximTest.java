// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EximTest {
    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void mailForAnybody_takenByExim_arrivesAtTheNextHost(Way way) throws IOException {
        try (Postfix next = Postfix.start();
                Exim exim = Exim.relayingTo(way, next.smtpAddress())) {
            send(exim.address());
            assertThat(Files.readString(next.awaitMessages(1).getFirst(), StandardCharsets.ISO_8859_1))
                    .contains("exim.example.org", "Subject: onward");
        }
    }

    private static void send(InetSocketAddress address) throws IOException {
        String mail = "EHLO client.example\r\nMAIL FROM:<a@there.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n";
        try (java.net.Socket socket = new java.net.Socket(address.getAddress(), address.getPort())) {
            var in = new java.io.BufferedReader(
                    new java.io.InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(in.readLine()).startsWith("220 ");
            for (String line : (mail + "Subject: onward\r\n\r\nx\r\n.\r\nQUIT\r\n").split("(?<=\r\n)")) {
                socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                if (line.matches("(?s)(EHLO|MAIL|RCPT|DATA|\\.\r|QUIT).*")) {
                    String reply = in.readLine();
                    while (reply.charAt(3) == '-') {
                        reply = in.readLine();
                    }
                    assertThat(reply).matches("[23].*");
                }
            }
        }
    }
}
