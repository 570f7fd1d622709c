// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: takes octets on the event loop and gives them to its conversation, there where that asks nobody,
/// else on a virtual thread that exists only while there is such work.
///
/// The event loop runs the `channel…` methods, which put things into the inbox. Whoever found it without a worker
/// is the worker: [#workAtOnce()] on the event loop, which may pass that on to [#work()] on a virtual thread. The
/// worker runs all methods of the conversation and of its [Link]. A client that does not read its replies is not
/// read from either.
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /// So many signals and pieces of input one connection may work on before the event loop serves another one.
    private static final int AT_ONCE_MAX = 4;

    private final Channel channel;
    private final Inbox inbox = new Inbox();
    private final ConnectionTls tls;
    private final ConnectionLink link;
    private final Conversation conversation;
    private final IdleWatch idleWatch;
    private final Consumer<Connection> onEnd;
    /// Taken by the event loop for the virtual thread it starts.
    private @Nullable Object held;
    private boolean begun;
    private boolean closed;

    /// @param client who is served; behind a balancer not the peer
    /// @param tls how it is or may be encrypted
    /// @param sessionMax how long it may live
    /// @param talk makes the conversation
    /// @param onEnd told once, when the conversation was told that it is over
    Connection(
            Channel channel,
            InetSocketAddress client,
            ConnectionTls tls,
            Duration sessionMax,
            Function<Link, Conversation> talk,
            Consumer<Connection> onEnd) {
        this.onEnd = onEnd;
        this.channel = channel;
        this.tls = tls;
        this.link = new ConnectionLink(channel, client, inbox, tls, () -> signal(Inbox.Signal.RESUMED));
        this.conversation = talk.apply(link);
        this.idleWatch =
                new IdleWatch(channel, conversation, sessionMax, inbox::working, () -> signal(Inbox.Signal.TIMED_OUT));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (tls.first()) {
            // Behind a PROXY header, before us.
            context.pipeline().addBefore(context.name(), null, tls.newHandler());
        }
        if (channel.isActive()) {
            begin();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        begin();
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        if (!tls.first()) {
            signal(Inbox.Signal.OPENED);
        }
        idleWatch.start();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // The client will say no more, but may still listen.
            signal(Inbox.Signal.CLOSED);
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                LOG.debug("{}: TLS handshake failed: {}", link.id(), String.valueOf(handshake.cause()));
                Channels.close(channel);
            } else if (tls.first()) {
                signal(Inbox.Signal.OPENED);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (inbox.add((ByteBuf) message)) {
            startWork();
        }
        if (inbox.full()) {
            context.channel().config().setAutoRead(false);
            // The worker may have made room before reading stopped.
            resumeReading();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && inbox.wake()) {
            startWork();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        idleWatch.stop();
        link.cancel();
        signal(Inbox.Signal.CLOSED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("{}: connection broken: {}", link.id(), cause.toString());
        Channels.close(channel);
    }

    /// Asks the conversation to end.
    void drain() {
        signal(Inbox.Signal.DRAIN);
    }

    /// Closes at once, whatever is under way.
    void breakOff() {
        Channels.close(channel);
    }

    private void signal(Inbox.Signal signal) {
        if (inbox.add(signal)) {
            startWork();
        }
    }

    private void startWork() {
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
                Object next = take();
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

    /// The next signal or octets; `null` when there is no work, and no worker, any more.
    private @Nullable Object take() {
        Object next = inbox.next(channel.isWritable() && !link.isHolding());
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
                onEnd.accept(this);
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

    private void resumeReading() {
        if (!channel.config().isAutoRead() && inbox.hasRoomAgain()) {
            channel.config().setAutoRead(true);
        }
    }
}
