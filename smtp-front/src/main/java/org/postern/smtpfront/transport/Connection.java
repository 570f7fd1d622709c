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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: what happens on it is put into its inbox, and its [Worker] takes it out. All methods run
/// on the event loop, but for [#drain()] and [#breakOff()], which any thread may call. A client that does
/// not read its replies is not read from either.
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Channel channel;
    private final Inbox inbox = new Inbox();
    private final ConnectionTls tls;
    private final ConnectionLink link;
    private final Worker worker;
    private final IdleWatch idleWatch;
    private boolean begun;

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
        this.channel = channel;
        this.tls = tls;
        this.link = new ConnectionLink(channel, client, inbox, tls, () -> signal(Inbox.Signal.RESUMED));
        Conversation conversation = talk.apply(link);
        this.worker = new Worker(channel, inbox, tls, link, conversation, () -> onEnd.accept(this));
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
            worker.start();
        }
        if (inbox.full() || link.isHolding()) {
            context.channel().config().setAutoRead(false);
            // The worker may have made room before reading stopped.
            worker.resumeReading();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && inbox.wake()) {
            worker.start();
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
            worker.start();
        }
    }
}
