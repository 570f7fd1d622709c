// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/// What a conversation does with its connection. Used by whoever works on the connection, one thread at a time, but
/// for [#isHolding()] and [#cancel()].
final class ConnectionLink implements Link {
    private static final int SEND_BUFFER_MAX = 16 * 1024;

    private final Channel channel;
    private final InetSocketAddress remoteAddress;
    private final Inbox inbox;
    private final ConnectionTls tls;
    private final Runnable resume;
    private ByteArrayOutputStream out = new ByteArrayOutputStream(0);
    private boolean closing;

    /// What the client sends is left waiting.
    private volatile boolean holding;

    private volatile Future<?> resumption = CompletableFuture.completedFuture(null);

    /// @param remoteAddress who is served; behind a balancer not the peer
    /// @param resume called on the event loop when the time of [#hold] is over
    ConnectionLink(Channel channel, InetSocketAddress remoteAddress, Inbox inbox, ConnectionTls tls, Runnable resume) {
        this.channel = channel;
        this.remoteAddress = remoteAddress;
        this.inbox = inbox;
        this.tls = tls;
        this.resume = resume;
    }

    /// Whether nothing that comes in is to reach the conversation any more.
    boolean isClosing() {
        return closing;
    }

    boolean isHolding() {
        return holding;
    }

    void resumed() {
        holding = false;
    }

    /// The channel is closed: no timer may keep it in memory.
    void cancel() {
        resumption.cancel(false);
    }

    @Override
    public String id() {
        return channel.id().asShortText();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public long octetsReceived() {
        return inbox.received();
    }

    @Override
    public boolean offersStartTls() {
        return tls.offered();
    }

    @Override
    public Optional<TlsInfo> tls() {
        return tls.active(channel);
    }

    @Override
    public void send(byte[] octets) {
        out.writeBytes(octets);
        if (out.size() > SEND_BUFFER_MAX) {
            flush();
        }
    }

    @Override
    public void flush() {
        if (out.size() > 0) {
            ByteBuf octets = Unpooled.wrappedBuffer(out.toByteArray());
            out = new ByteArrayOutputStream(0);
            Channels.send(channel, octets);
        }
    }

    @Override
    public void startTls(byte[] lastPlainOctets) {
        flush();
        inbox.discard();
        channel.eventLoop()
                .submit(() -> {
                    inbox.discard();
                    Channels.send(channel, Unpooled.wrappedBuffer(lastPlainOctets));
                    channel.pipeline().addFirst(tls.newHandler());
                })
                .syncUninterruptibly();
    }

    @Override
    public void hold(Duration time) {
        holding = true;
        resumption = Channels.later(channel.eventLoop(), time, resume);
    }

    @Override
    public void close() {
        closing = true;
        inbox.refuse();
        if (channel.isActive()) {
            flush();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
