// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/// Ends a connection of which the client is silent for longer than the conversation has patience, or which is older
/// than it may be. On the event loop.
final class IdleWatch {
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    /// Meanwhile there may be less patience: in a message, or with a client that is not served.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final Channel channel;
    private final Conversation conversation;
    private final Duration sessionMax;
    private final BooleanSupplier working;
    private final Runnable timedOut;
    private final long openedAt;
    private Future<?> next = CompletableFuture.completedFuture(null);

    /// @param working whether it is the client who waits for us
    /// @param timedOut lets the conversation say goodbye
    IdleWatch(
            Channel channel,
            Conversation conversation,
            Duration sessionMax,
            BooleanSupplier working,
            Runnable timedOut) {
        this.channel = channel;
        this.conversation = conversation;
        this.sessionMax = sessionMax;
        this.working = working;
        this.timedOut = timedOut;
        this.openedAt = now();
    }

    void start() {
        look(conversation.patience());
    }

    /// In minutes many thousands of connections come and go: none may stay in memory until it would have been idle.
    void stop() {
        next.cancel(false);
    }

    private long now() {
        return channel.eventLoop().ticker().nanoTime();
    }

    private void look(Duration wait) {
        Duration soon = wait.compareTo(LOOK_EVERY) < 0 ? wait : LOOK_EVERY;
        next = Channels.later(channel.eventLoop(), soon, this::check);
    }

    private void check() {
        if (!channel.isActive()) {
            return;
        }
        Duration age = Duration.ofNanos(now() - openedAt);
        Duration silent = conversation.silent();
        Duration patience = conversation.patience();
        boolean tooOld = age.compareTo(sessionMax) >= 0;
        if (working.getAsBoolean()) {
            if (tooOld) {
                // What is being judged or handed over may end; then it is told.
                timedOut.run();
            }
            look(patience);
        } else if (tooOld || silent.compareTo(patience) >= 0) {
            timedOut.run();
            // A client that does not even take the farewell is cut off.
            next = Channels.later(channel.eventLoop(), FAREWELL, () -> Channels.close(channel));
        } else {
            Duration left = patience.minus(silent);
            Duration rest = sessionMax.minus(age);
            look(left.compareTo(rest) < 0 ? left : rest);
        }
    }
}
