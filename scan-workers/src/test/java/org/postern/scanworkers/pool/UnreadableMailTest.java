// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;

/// A mail whose temporary file cannot be read, on its way to a backend that works.
@Timeout(60)
class UnreadableMailTest {
    private static final Deadline LATER = Deadline.in(Duration.ofSeconds(50));

    @TempDir
    private Path folder;

    private MessageContent unreadable() throws IOException {
        try (MessageContentBuilder builder = new MessageContentBuilder(new ByteSize(1), folder)) {
            byte[] octets = new byte[200_000];
            builder.write(octets, 0, octets.length);
            MessageContent content = builder.build();
            content.close();
            return content;
        }
    }

    @Test
    void exchange_ofAMailThatCannotBeRead_isOurOwnFailure() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server));
            Wire wire = new Wire(
                    "fake",
                    BackendAddress.parse("127.0.0.1:" + server.getLocalPort()),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    100);
            MessageContent mail = unreadable();
            byte[] head = "mail:".getBytes(StandardCharsets.US_ASCII);
            FilterResult result = wire.exchange(
                    new Lease(),
                    LATER,
                    channel -> {
                        try (MailStream in = MailStream.of(mail::newInputStream)) {
                            Wire.send(channel, head, in);
                        }
                    },
                    reply -> FilterResult.nothing());
            assertThat(result).isInstanceOfSatisfying(NoVerdict.class, silence -> {
                assertThat(silence.reason()).isEqualTo(NoVerdictReason.INTERNAL_ERROR);
                assertThat(silence.detail()).startsWith("the mail cannot be read: ");
            });
        }
    }

    private static void serve(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
