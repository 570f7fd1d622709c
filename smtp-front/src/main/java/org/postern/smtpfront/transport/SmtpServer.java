// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
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
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.TimeoutsConfig;
import org.postern.smtpfront.TlsMode;
import org.postern.smtpfront.tls.TlsStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, and gives every connection a conversation. Epoll where the native library loads, else NIO.
public final class SmtpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final byte[] TOO_MANY =
            "421 4.7.0 Too many connections, try again later\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int BACKLOG = 1024;
    private static final Duration BREAK_OFF_MAX = Duration.ofSeconds(5);

    private final TimeoutsConfig timeouts;
    private final ConnectionLimits limits;
    private final TlsStore tls;
    private final BiFunction<Link, ListenerConfig, Conversation> talk;
    private final EventLoopGroup loops;
    private final ExecutorService tlsTasks = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Channel> listeners = new ArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /// @param talk makes the conversation of a connection; called on an event loop, must not block
    public SmtpServer(
            TimeoutsConfig timeouts,
            ConnectionLimits limits,
            TlsStore tls,
            BiFunction<Link, ListenerConfig, Conversation> talk) {
        this.timeouts = timeouts;
        this.limits = limits;
        this.tls = tls;
        this.talk = talk;
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
                        admit(channel, listener);
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

    private void admit(Channel channel, ListenerConfig listener) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            Channels.close(channel);
            return;
        }
        if (!limits.opened()) {
            refuse(channel);
            return;
        }
        channel.closeFuture().addListener(closed -> limits.closed());
        boolean balancer = listener.proxyProtocolFrom().stream().anyMatch(block -> block.contains(peer.getAddress()));
        if (balancer) {
            channel.pipeline()
                    .addLast(new ProxyReader(header -> serve(
                            channel,
                            listener,
                            header.source().orElse(peer),
                            header.source().isPresent(),
                            header.tls())));
        } else {
            serve(channel, listener, peer, true, Optional.empty());
        }
    }

    /// @param limited whether the client is counted; a balancer that speaks for itself is not
    /// @param tlsBefore what the balancer says of the TLS that it ended
    private void serve(
            Channel channel,
            ListenerConfig listener,
            InetSocketAddress client,
            boolean limited,
            Optional<TlsInfo> tlsBefore) {
        if (limited && !limits.enter(client.getAddress())) {
            refuse(channel);
            return;
        }
        if (limited) {
            channel.closeFuture().addListener(closed -> limits.leave(client.getAddress()));
        }
        boolean ours = tlsBefore.isEmpty();
        Connection connection = new Connection(
                channel,
                client,
                new Connection.Tls(
                        () -> newTls(channel),
                        ours && listener.tls() == TlsMode.IMPLICIT,
                        ours && offersStartTls(listener),
                        tlsBefore,
                        session -> tls.current().clientSubject(session)),
                timeouts.session(),
                link -> talk.apply(link, listener),
                connections::remove);
        connections.add(connection);
        channel.pipeline().addLast(connection);
    }

    private static void refuse(Channel channel) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(TOO_MANY)).addListener(ChannelFutureListener.CLOSE);
    }

    private static boolean offersStartTls(ListenerConfig listener) {
        return listener.tls() == TlsMode.STARTTLS || listener.tls() == TlsMode.STARTTLS_REQUIRED;
    }

    private SslHandler newTls(Channel channel) {
        SslHandler handler = tls.current().newHandler(channel.alloc(), tlsTasks);
        handler.setHandshakeTimeoutMillis(timeouts.handshake().toMillis());
        return handler;
    }

    /// Stops accepting and asks every conversation to end once its mail is done.
    public void drain() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        connections.forEach(Connection::drain);
    }

    /// Connections now.
    public int open() {
        return connections.size();
    }

    /// Drains, waits for what is under way up to the bound, and breaks off the rest.
    @Override
    public void close() {
        drain();
        awaitEnd(timeouts.shutdown());
        connections.forEach(Connection::breakOff);
        awaitEnd(BREAK_OFF_MAX);
        var ended = loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
        if (!ended) {
            LOG.warn("event loops did not end within 10 s");
        }
        tlsTasks.shutdownNow();
    }

    private void awaitEnd(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (!connections.isEmpty() && System.nanoTime() - end < 0) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
