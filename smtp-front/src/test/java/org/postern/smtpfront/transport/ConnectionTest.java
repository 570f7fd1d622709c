// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// One connection without a network.
final class ConnectionTest {
    private final FakeConversation conversation = new FakeConversation();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Link> links = new ArrayList<>();

    private void begin() {
        channel.freezeTime();
        channel.pipeline().addLast(conversation.over(channel, links::add, () -> conversation.calls.add("ended")));
    }

    private void say(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        channel.runPendingTasks();
    }

    @Test
    void a_defect_closes_the_connection_and_the_conversation_can_give_back_what_it_holds() {
        conversation.whenReceived = _ -> {
            throw new IllegalStateException("a defect");
        };
        begin();
        say("NOOP\r\n");
        assertThat(channel.isActive()).isFalse();
        assertThat(conversation.calls).containsExactly("opened", "received", "closed", "ended");
    }

    @Test
    void a_client_that_is_kept_waiting_is_read_from_once_and_then_when_its_time_is_over() {
        begin();
        links.getFirst().hold(Duration.ofSeconds(10));
        assertThat(channel.config().isAutoRead()).isTrue();
        say("EHLO early.example\r\n");
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(links.getFirst().octetsReceived()).as("it gave itself away").isEqualTo(20);
        assertThat(conversation.calls).containsExactly("opened");
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(conversation.calls).containsExactly("opened", "resumed", "received");
        assertThat(channel.config().isAutoRead()).isTrue();
    }
}
