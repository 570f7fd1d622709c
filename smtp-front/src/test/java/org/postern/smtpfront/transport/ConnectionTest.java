// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A conversation that throws.
final class ConnectionDefectTest {
    @Test
    void a_defect_closes_the_connection_and_the_conversation_can_give_back_what_it_holds() {
        FakeConversation conversation = new FakeConversation();
        conversation.whenReceived = () -> {
            throw new IllegalStateException("a defect");
        };
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline()
                .addLast(new Connection(
                        channel,
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1),
                        new ConnectionTls(
                                () -> {
                                    throw new AssertionError("no TLS here");
                                },
                                false,
                                false,
                                Optional.empty(),
                                _ -> Optional.empty()),
                        Duration.ofHours(1),
                        _ -> conversation,
                        _ -> conversation.calls.add("ended")));
        channel.writeInbound(Unpooled.copiedBuffer("NOOP\r\n", StandardCharsets.US_ASCII));
        channel.runPendingTasks();
        assertThat(channel.isActive()).isFalse();
        assertThat(conversation.calls).containsExactly("opened", "received", "closed", "ended");
    }
}
