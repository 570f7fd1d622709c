// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.TimeoutsConfig;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.admission.Visit;
import org.postern.smtpfront.tls.TlsStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, and gives every connection a conversation. Epoll where the native library loads, else NIO.
public final class SmtpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final int BACKLOG = 1024;
    private static final Duration BREAK_OFF_MAX = Duration.ofSeconds(5);

    private final EventLoopGroup loops;
    private final ExecutorService tlsTasks = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Channel> listeners = new ArrayList<>();
    private final Acceptor acceptor;

    /// Makes the conversation of a connection. Called on an event loop, must not block.
    @FunctionalInterface
    public interface Talk {
        Conversation start(Link link, ListenerConfig listener, Visit visit);
    }

    /// @param admission decides who is served
    public SmtpServer(TimeoutsConfig timeouts, Admission admission, TlsStore tls, Talk talk) {
        this.acceptor = new Acceptor(timeouts, admission, tls, tlsTasks, talk);
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
        this.loops = new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("smtp-loop"),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /// Opens one more port and returns what it is bound to. Throws with a sentence that names the address when that
    /// cannot be done.
    public InetSocketAddress listen(ListenerConfig listener) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(16 * 1024, 64 * 1024))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, 64 * 1024))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        acceptor.admit(channel, listener);
                    }
                });
        var bound = bootstrap
                .bind(new InetSocketAddress(listener.address(), listener.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + listener.address() + " port " + listener.port() + ": "
                            + reason(bound.cause()),
                    bound.cause());
        }
        listeners.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("in use") ? "another program listens there" : message;
    }

    /// Stops accepting and asks every conversation to end once its mail is done.
    public void drain() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        acceptor.drain();
    }

    /// Connections now.
    public int open() {
        return acceptor.open();
    }

    /// Closes all connections, whatever is under way.
    public void breakOff() {
        acceptor.breakOff();
        awaitEnd(BREAK_OFF_MAX);
    }

    /// Breaks off what is there, and ends.
    @Override
    public void close() {
        drain();
        breakOff();
        var ended = loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
        if (!ended) {
            LOG.warn("event loops did not end within 10 s");
        }
        tlsTasks.shutdownNow();
    }

    /// Waits until there is no connection, for so long at most.
    public void awaitEnd(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (open() > 0 && System.nanoTime() - end < 0) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
