// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes signals and octets out of the inbox of one connection, one at a time, and gives them to its conversation: on
/// the event loop while that asks nobody, else on a virtual thread that exists only while there is such work.
///
/// Whoever found the inbox without a worker starts it: [#workAtOnce()] on the event loop, which may pass that on to
/// [#work()] on a virtual thread, which gives it back. So one thread at a time runs the conversation and its [Link],
/// and
/// sees what the one before did.
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /// So many signals and pieces of input one connection may work on before the event loop serves another one.
    private static final int AT_ONCE_MAX = 4;

    private final Channel channel;
    private final Inbox inbox;
    private final ConnectionTls tls;
    private final ConnectionLink link;
    private final Conversation conversation;
    private final Runnable onEnd;

    /// Taken by the event loop for the virtual thread it starts.
    private @Nullable Object held;

    private boolean closed;

    /// @param onEnd run once, when the conversation was told that it is over
    Worker(
            Channel channel,
            Inbox inbox,
            ConnectionTls tls,
            ConnectionLink link,
            Conversation conversation,
            Runnable onEnd) {
        this.channel = channel;
        this.inbox = inbox;
        this.tls = tls;
        this.link = link;
        this.conversation = conversation;
        this.onEnd = onEnd;
    }

    /// Whoever has put something in where nobody worked calls this.
    void start() {
        if (channel.eventLoop().inEventLoop()) {
            workAtOnce();
        } else {
            startThread();
        }
    }

    private void startThread() {
        Thread.ofVirtual().name("smtp-", 0).start(this::work);
    }

    /// On the event loop: does what asks nobody and is soon done, which saves two switches between threads, and
    /// leaves the rest to a virtual thread.
    private void workAtOnce() {
        try {
            for (int done = 0; done < AT_ONCE_MAX; done++) {
                Object next = unpacked(inbox.nextOrRest(mayTakeOctets()));
                if (next == null) {
                    return;
                }
                if (!isDoneAtOnce(next)) {
                    held = next;
                    break;
                }
                handle(next);
            }
            startThread();
        } catch (Throwable e) {
            defect(e);
        }
    }

    private void work() {
        try {
            Object first = held;
            held = null;
            for (Object next = first == null ? take() : first; next != null; next = take()) {
                handle(next);
            }
        } catch (Throwable e) {
            defect(e);
            return;
        }
        giveBack();
    }

    /// What was sent from here waits for the event loop. Behind it, so that no later reply and no close overtakes it,
    /// the
    /// event loop goes on with what has come meanwhile, or rests.
    private void giveBack() {
        try {
            channel.eventLoop().execute(this::workAtOnce);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: the front has stopped", link.id());
        }
    }

    private void defect(Throwable e) {
        LOG.error("{}: a defect ended this connection", link.id(), e);
        Channels.close(channel);
        try {
            ended();
        } catch (RuntimeException again) {
            LOG.error("{}: and its conversation could not be ended", link.id(), again);
        }
    }

    private @Nullable Object take() {
        return unpacked(inbox.next(mayTakeOctets()));
    }

    private boolean mayTakeOctets() {
        return channel.isWritable() && !link.isHolding();
    }

    private @Nullable Object unpacked(@Nullable Object next) {
        return next instanceof ByteBuf chunk ? octets(chunk) : next;
    }

    private boolean isDoneAtOnce(Object next) {
        return tls.isKnown(channel)
                && switch (next) {
                    case byte[] octets -> link.isClosing() || conversation.asksNobody(octets);
                    case Inbox.Signal.OPENED, Inbox.Signal.RESUMED -> true;
                    case Inbox.Signal.CLOSED -> conversation.asksNobody(new byte[0]);
                    default -> false;
                };
    }

    private void handle(Object next) {
        if (next instanceof byte[] octets) {
            if (!link.isClosing()) {
                conversation.received(octets, 0, octets.length);
            }
        } else if (next instanceof Inbox.Signal signal) {
            tell(signal);
        }
        link.flush();
    }

    private void tell(Inbox.Signal signal) {
        switch (signal) {
            case OPENED -> conversation.opened();
            case RESUMED -> {
                link.resumed();
                conversation.resumed();
            }
            case TIMED_OUT -> conversation.timedOut();
            case DRAIN -> conversation.drain();
            case CLOSED -> ended();
        }
    }

    private void ended() {
        if (!closed) {
            closed = true;
            try {
                conversation.closed();
            } finally {
                link.close();
                onEnd.run();
            }
        }
    }

    private byte[] octets(ByteBuf chunk) {
        byte[] octets;
        try {
            octets = new byte[chunk.readableBytes()];
            chunk.readBytes(octets);
        } finally {
            chunk.release();
        }
        resumeReading();
        return octets;
    }

    /// Reads from the socket again where that had stopped and there is room. Any thread.
    void resumeReading() {
        if (!channel.config().isAutoRead() && !link.isHolding() && inbox.hasRoomAgain()) {
            channel.config().setAutoRead(true);
        }
    }
}
