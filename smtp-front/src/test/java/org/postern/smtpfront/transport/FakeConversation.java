// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Notes what it is told, says what a test wants, and does what it is asked to when octets come.
final class FakeConversation implements Conversation {
    final List<String> calls = new ArrayList<>();
    Duration patience = Duration.ofMinutes(5);
    Duration silent = Duration.ZERO;
    Predicate<String> atOnce = _ -> true;
    Consumer<String> whenReceived = _ -> {};

    /// A connection in clear over which this is said.
    ///
    /// @param linked gets what the conversation sends by
    /// @param ended run once, at the end
    Connection over(Channel channel, Consumer<Link> linked, Runnable ended) {
        return new Connection(
                channel,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                new ConnectionTls(
                        () -> {
                            throw new AssertionError("no TLS here");
                        },
                        false,
                        false,
                        Optional.empty(),
                        _ -> Optional.empty()),
                Duration.ofHours(1),
                link -> {
                    linked.accept(link);
                    return this;
                },
                _ -> ended.run());
    }

    @Override
    public void opened() {
        calls.add("opened");
    }

    @Override
    public boolean asksNobody(byte[] octets) {
        return atOnce.test(new String(octets, StandardCharsets.US_ASCII));
    }

    @Override
    public void received(byte[] octets, int from, int to) {
        calls.add("received");
        whenReceived.accept(new String(octets, from, to - from, StandardCharsets.US_ASCII));
    }

    @Override
    public void resumed() {
        calls.add("resumed");
    }

    @Override
    public void timedOut() {
        calls.add("timed out");
    }

    @Override
    public void drain() {
        calls.add("drain");
    }

    @Override
    public void closed() {
        calls.add("closed");
    }

    @Override
    public Duration patience() {
        return patience;
    }

    @Override
    public Duration silent() {
        return silent;
    }
}
