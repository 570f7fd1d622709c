// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;

/// Mails for tests.
public final class Mails {
    private Mails() {}

    public static MailTransaction of(byte[] octets) {
        try {
            MessageContent content = MessageContent.of(octets);
            return new MailTransaction(
                    TransactionId.create(System.currentTimeMillis()),
                    "mx",
                    new ClientInfo(
                            InetAddress.getLoopbackAddress(),
                            "client.example",
                            true,
                            Optional.empty(),
                            Optional.empty()),
                    Envelope.of(
                            ReversePath.parse("sender@example.org"), List.of(ForwardPath.parse("user@example.net"))),
                    content,
                    MessageHeader.read(content, ByteSize.ofKiB(256)),
                    Instant.now());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A mail from lines, each of which gets CRLF.
    public static MailTransaction of(String... lines) {
        return of((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    public static MailTransaction simple() {
        return of("From: sender@example.org", "To: user@example.net", "Subject: hello", "", "Good morning.");
    }
}
