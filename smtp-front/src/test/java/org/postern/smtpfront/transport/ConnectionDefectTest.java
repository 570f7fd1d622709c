// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A conversation that throws.
final class ConnectionDefectTest {
    private final List<String> calls = new ArrayList<>();

    private final Conversation defective = new Conversation() {
        @Override
        public void opened() {
            calls.add("opened");
        }

        @Override
        public boolean asksNobody(byte[] octets) {
            return true;
        }

        @Override
        public void received(byte[] octets, int from, int to) {
            calls.add("received");
            throw new IllegalStateException("a defect");
        }

        @Override
        public void resumed() {}

        @Override
        public void timedOut() {}

        @Override
        public void drain() {}

        @Override
        public void closed() {
            calls.add("closed");
        }

        @Override
        public Duration patience() {
            return Duration.ofMinutes(1);
        }

        @Override
        public Duration silent() {
            return Duration.ZERO;
        }
    };

    @Test
    void a_defect_closes_the_connection_and_the_conversation_can_give_back_what_it_holds() {
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
                        _ -> defective,
                        _ -> calls.add("ended")));
        channel.writeInbound(Unpooled.copiedBuffer("NOOP\r\n", StandardCharsets.US_ASCII));
        channel.runPendingTasks();
        assertThat(channel.isActive()).isFalse();
        assertThat(calls).containsExactly("opened", "received", "closed", "ended");
    }
}
