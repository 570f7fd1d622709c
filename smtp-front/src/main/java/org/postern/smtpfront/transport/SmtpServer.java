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
import org.postern.core.reply.Reply;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.TimeoutsConfig;
import org.postern.smtpfront.TlsMode;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.admission.Entry;
import org.postern.smtpfront.admission.Visit;
import org.postern.smtpfront.tls.TlsStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, and gives every connection a conversation. Epoll where the native library loads, else NIO.
public final class SmtpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final int BACKLOG = 1024;
    private static final Duration BREAK_OFF_MAX = Duration.ofSeconds(5);

    private final TimeoutsConfig timeouts;
    private final Admission admission;
    private final TlsStore tls;
    private final Talk talk;
    private final EventLoopGroup loops;
    private final ExecutorService tlsTasks = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Channel> listeners = new ArrayList<>();
    private volatile boolean draining;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /// Makes the conversation of a connection. Called on an event loop, must not block.
    @FunctionalInterface
    public interface Talk {
        Conversation start(Link link, ListenerConfig listener, Visit visit);
    }

    /// @param admission decides who is served
    public SmtpServer(TimeoutsConfig timeouts, Admission admission, TlsStore tls, Talk talk) {
        this.timeouts = timeouts;
        this.admission = admission;
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
        if (!admission.opened()) {
            refuse(channel, Admission.full());
            return;
        }
        channel.closeFuture().addListener(closed -> admission.closed());
        boolean balancer = listener.proxyProtocolFrom().stream().anyMatch(block -> block.contains(peer.getAddress()));
        if (balancer) {
            channel.pipeline()
                    .addLast(new ProxyReader(header -> header.source()
                            .ifPresentOrElse(
                                    client -> enter(channel, listener, client, header.tls()),
                                    // A balancer that speaks for itself.
                                    () -> serve(
                                            channel,
                                            listener,
                                            peer,
                                            admission.healthCheck(peer.getAddress()),
                                            header.tls()))));
        } else {
            enter(channel, listener, peer, Optional.empty());
        }
    }

    private void enter(
            Channel channel, ListenerConfig listener, InetSocketAddress client, Optional<TlsInfo> tlsBefore) {
        Entry entry = listener.mayAnnounceClients(client.getAddress())
                ? admission.enterRelay(client.getAddress())
                : admission.enter(client.getAddress());
        switch (entry) {
            case Entry.TurnedAway(Reply reply) -> refuse(channel, reply);
            case Entry.Admitted(Visit visit) -> serve(channel, listener, client, visit, tlsBefore);
        }
    }

    /// @param tlsBefore what the balancer says of the TLS that it ended
    private void serve(
            Channel channel,
            ListenerConfig listener,
            InetSocketAddress client,
            Visit visit,
            Optional<TlsInfo> tlsBefore) {
        channel.closeFuture().addListener(closed -> visit.close());
        boolean ours = tlsBefore.isEmpty();
        Connection connection = new Connection(
                channel,
                client,
                new ConnectionTls(
                        () -> newTls(channel),
                        ours && listener.tls() == TlsMode.IMPLICIT,
                        ours && offersStartTls(listener),
                        tlsBefore,
                        session -> tls.current().clientSubject(session)),
                timeouts.session(),
                link -> talk.start(link, listener, visit),
                connections::remove);
        connections.add(connection);
        channel.pipeline().addLast(connection);
        if (draining) {
            // Accepted while the listeners were closing.
            connection.drain();
        }
    }

    private static void refuse(Channel channel, Reply reply) {
        byte[] line = (reply + "\r\n").getBytes(StandardCharsets.US_ASCII);
        channel.writeAndFlush(Unpooled.wrappedBuffer(line)).addListener(ChannelFutureListener.CLOSE);
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
        draining = true;
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        connections.forEach(Connection::drain);
    }

    /// Connections now.
    public int open() {
        return connections.size();
    }

    /// Closes all connections, whatever is under way.
    public void breakOff() {
        connections.forEach(Connection::breakOff);
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
