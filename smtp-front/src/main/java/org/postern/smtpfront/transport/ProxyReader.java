// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the PROXY header of a connection from a trusted balancer, and then makes way. On the event loop.
///
/// A balancer that connects and leaves without a word is checking our health; that is nothing to write down.
final class ProxyReader extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyReader.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Consumer<ProxyHeader> proceed;
    private byte[] kept = new byte[0];
    private boolean done;
    private Future<?> timeout = CompletableFuture.completedFuture(null);

    /// @param proceed told what the header says; adds the handlers that follow
    ProxyReader(Consumer<ProxyHeader> proceed) {
        this.proceed = proceed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timeout = Channels.later(context.channel().eventLoop(), PATIENCE, () -> {
            if (!done) {
                LOG.warn(
                        "{}: closed: no PROXY header within {} s; let the balancer send one, or take it out of"
                                + " proxy-protocol-from",
                        context.channel().remoteAddress(),
                        PATIENCE.toSeconds());
                Channels.close(context.channel());
            }
        });
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        timeout.cancel(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        byte[] octets = take((ByteBuf) message);
        if (done) {
            return;
        }
        try {
            Optional<ProxyHeader> header = ProxyHeader.read(octets, octets.length);
            kept = octets;
            if (header.isPresent()) {
                done = true;
                proceed.accept(header.get());
                pass(context, octets, header.get().length());
            }
        } catch (IllegalArgumentException e) {
            done = true;
            LOG.warn("{}: closed: {}", context.channel().remoteAddress(), e.getMessage());
            Channels.close(context.channel());
        }
    }

    private byte[] take(ByteBuf chunk) {
        try {
            byte[] octets = Arrays.copyOf(kept, kept.length + chunk.readableBytes());
            chunk.readBytes(octets, kept.length, chunk.readableBytes());
            return octets;
        } finally {
            chunk.release();
        }
    }

    private void pass(ChannelHandlerContext context, byte[] octets, int from) {
        if (octets.length > from) {
            context.fireChannelRead(Unpooled.copiedBuffer(octets, from, octets.length - from));
        }
        context.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("{}: broken before its PROXY header", context.channel().remoteAddress(), cause);
        Channels.close(context.channel());
    }
}
