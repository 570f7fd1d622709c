// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: takes octets on the event loop and gives them to its conversation, there where that asks nobody,
/// else on a virtual thread that exists only while there is such work.
///
/// The event loop runs the `channel…` methods, which put things into the inbox. Whoever found it without a worker
/// is the worker: [#workAtOnce()] on the event loop, which may pass that on to [#work()] on a virtual thread. The
/// worker runs all methods of [Link]. A client that does not read its replies is not read from either.
final class Connection extends ChannelInboundHandlerAdapter implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int SEND_BUFFER_MAX = 16 * 1024;
    /// So many signals and pieces of input one connection may work on before the event loop serves another one.
    private static final int AT_ONCE_MAX = 4;
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final Channel channel;
    private final Inbox inbox = new Inbox();
    private final Tls tls;
    private Optional<TlsInfo> tlsActive = Optional.empty();
    private final Duration sessionMax;
    private final Conversation conversation;
    private final Consumer<Connection> onEnd;
    private final InetSocketAddress remoteAddress;
    private ByteArrayOutputStream out = new ByteArrayOutputStream(0);
    private final long openedAt = System.nanoTime();
    /// Taken by the event loop for the virtual thread it starts.
    private @Nullable Object held;
    /// What the client sends is left waiting.
    private volatile boolean holding;

    private volatile Future<?> idleCheck = CompletableFuture.completedFuture(null);
    private volatile Future<?> resumption = CompletableFuture.completedFuture(null);
    private boolean begun;
    private boolean closing;
    private boolean closed;

    /// @param client who is served; behind a balancer not the peer
    /// @param tls how it is or may be encrypted
    /// @param sessionMax how long it may live
    /// @param talk makes the conversation
    /// @param onEnd told once, when the conversation was told that it is over
    Connection(
            Channel channel,
            InetSocketAddress client,
            Tls tls,
            Duration sessionMax,
            Function<Link, Conversation> talk,
            Consumer<Connection> onEnd) {
        this.onEnd = onEnd;
        this.channel = channel;
        this.remoteAddress = client;
        this.tls = tls;
        this.sessionMax = sessionMax;
        this.conversation = talk.apply(this);
    }

    /// @param newHandler makes the TLS handler of one connection
    /// @param first whether TLS comes before everything else
    /// @param offered whether STARTTLS can be done
    /// @param before what a trusted balancer, which ended TLS, says of it
    /// @param clientSubject reads the client's verified name from a session
    record Tls(
            Supplier<SslHandler> newHandler,
            boolean first,
            boolean offered,
            Optional<TlsInfo> before,
            Function<SSLSession, Optional<String>> clientSubject) {}

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (tls.first()) {
            // Behind a PROXY header, before us.
            context.pipeline().addBefore(context.name(), null, tls.newHandler().get());
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
        watchIdle(conversation.patience());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // The client will say no more, but may still listen.
            signal(Inbox.Signal.CLOSED);
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                LOG.debug("{}: TLS handshake failed: {}", id(), String.valueOf(handshake.cause()));
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
        // In minutes many thousands of connections come and go: none may stay until it would have been idle.
        idleCheck.cancel(false);
        resumption.cancel(false);
        signal(Inbox.Signal.CLOSED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("{}: connection broken: {}", id(), cause.toString());
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

    private void watchIdle(Duration wait) {
        idleCheck = Channels.later(channel.eventLoop(), wait, this::checkIdle);
    }

    private void checkIdle() {
        if (!channel.isActive()) {
            return;
        }
        long now = System.nanoTime();
        Duration age = Duration.ofNanos(now - openedAt);
        Duration silent = conversation.silent();
        Duration patience = conversation.patience();
        if (inbox.working()) {
            watchIdle(patience);
        } else if (silent.compareTo(patience) >= 0 || age.compareTo(sessionMax) >= 0) {
            signal(Inbox.Signal.TIMED_OUT);
            // A client that does not even take the farewell is cut off.
            idleCheck = Channels.later(channel.eventLoop(), FAREWELL, this::breakOff);
        } else {
            Duration left = patience.minus(silent);
            Duration rest = sessionMax.minus(age);
            watchIdle(left.compareTo(rest) < 0 ? left : rest);
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
        LOG.error("{}: a defect ended this connection", id(), e);
        inbox.refuse();
        Channels.close(channel);
        onEnd.accept(this);
    }

    /// The next signal or octets; `null` when there is no work, and no worker, any more.
    private @Nullable Object take() {
        Object next = inbox.next(channel.isWritable() && !holding);
        return next instanceof ByteBuf chunk ? octets(chunk) : next;
    }

    private boolean isDoneAtOnce(Object next) {
        return switch (next) {
            case byte[] octets -> closing || conversation.asksNobody(octets);
            case Inbox.Signal.OPENED, Inbox.Signal.RESUMED -> true;
            case Inbox.Signal.CLOSED -> conversation.asksNobody(new byte[0]);
            default -> false;
        };
    }

    private void handle(Object next) {
        if (next instanceof byte[] octets) {
            if (!closing) {
                conversation.received(octets, 0, octets.length);
            }
        } else if (next instanceof Inbox.Signal signal) {
            tell(signal);
        }
        flush();
    }

    private void tell(Inbox.Signal signal) {
        switch (signal) {
            case OPENED -> conversation.opened();
            case RESUMED -> {
                holding = false;
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
                close();
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
        if (tls.before().isPresent()) {
            return tls.before();
        }
        if (tlsActive.isEmpty()) {
            // Before the handshake is over there is a session that says so and knows nothing.
            tlsActive = Optional.ofNullable(channel.pipeline().get(SslHandler.class))
                    .map(handler -> handler.engine().getSession())
                    .filter(session -> !session.getProtocol().equals("NONE"))
                    .map(session -> new TlsInfo(
                            session.getProtocol(),
                            session.getCipherSuite(),
                            tls.clientSubject().apply(session),
                            Optional.of(session)));
        }
        return tlsActive;
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
                    channel.pipeline().addFirst(tls.newHandler().get());
                })
                .syncUninterruptibly();
    }

    @Override
    public void hold(Duration time) {
        holding = true;
        resumption = Channels.later(channel.eventLoop(), time, () -> signal(Inbox.Signal.RESUMED));
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
