// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Things done to a channel whose outcome shows elsewhere: a failed write or close ends in `channelInactive`.
final class Channels {
    private Channels() {}

    static void close(Channel channel) {
        var _ = channel.close();
    }

    static void send(Channel channel, Object octets) {
        var _ = channel.writeAndFlush(octets);
    }

    /// To be cancelled when the channel is closed, else it keeps in memory what it refers to until its time comes.
    static Future<?> later(EventLoop loop, Duration delay, Runnable task) {
        return loop.schedule(task, Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
    }
}
