// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.ConfigException;
import org.postern.core.config.HostAndPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens on addresses and runs each connection on a thread of its own, up to a bound.
///
/// Platform threads, kept for a while: a connection spends its time in syncs of files, during which a
/// virtual thread holds its carrier anyway (docs/adr/0039).
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int BACKLOG = 200;
    private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

    private final String name;
    private final List<CidrBlock> allow;
    private final Semaphore places;
    private final ThreadPoolExecutor threads;
    private final int connectionsMax;
    private final Handler handler;
    private final List<ServerSocket> sockets = new ArrayList<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    /// Serves one connection; it is closed when this returns or throws.
    public interface Handler {
        void serve(Connection connection) throws IOException;
    }

    /// One connection. Its handler says when it has nothing to lose.
    public final class Connection {
        private final Socket socket;
        private final AtomicBoolean idle = new AtomicBoolean();

        private Connection(Socket socket) {
            this.socket = socket;
        }

        public Socket socket() {
            return socket;
        }

        /// Says whether the connection waits for the peer to begin something. False answer: the listener is
        /// closing, and the handler must return.
        public boolean idle(boolean now) {
            idle.set(now);
            return !closed.get();
        }
    }

    private Listener(String name, List<CidrBlock> allow, int connectionsMax, Handler handler) {
        this.name = name;
        this.allow = allow;
        this.connectionsMax = connectionsMax;
        this.places = new Semaphore(connectionsMax);
        this.handler = handler;
        this.threads = new ThreadPoolExecutor(
                0,
                // The places bound the connections; twice, as a thread gives its place back a moment
                // before it is free.
                2 * connectionsMax,
                THREAD_IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    }

    /// Binds all addresses and starts to accept.
    ///
    /// @throws ConfigException where an address cannot be bound
    public static Listener start(
            String name, List<HostAndPort> listen, List<CidrBlock> allow, int connectionsMax, Handler handler) {
        Listener listener = new Listener(name, allow, connectionsMax, handler);
        try {
            for (HostAndPort each : listen) {
                listener.bind(each);
            }
        } catch (ConfigException e) {
            listener.close(Duration.ZERO);
            throw e;
        }
        for (ServerSocket socket : listener.sockets) {
            Thread.ofPlatform().daemon().name(name + "-accept").start(() -> listener.accept(socket));
        }
        return listener;
    }

    private void bind(HostAndPort address) {
        try {
            ServerSocket socket = new ServerSocket();
            sockets.add(socket);
            socket.setReuseAddress(true);
            socket.bind(address.resolve(), BACKLOG);
        } catch (IOException e) {
            throw new ConfigException(name + " cannot listen on " + address + " (" + e.getMessage()
                    + "): stop what uses the port, or set another one, store." + name + ".listen");
        }
    }

    /// The addresses bound, in the order they were given.
    public List<InetSocketAddress> addresses() {
        return sockets.stream()
                .map(socket -> (InetSocketAddress) socket.getLocalSocketAddress())
                .toList();
    }

    private void accept(ServerSocket server) {
        while (!closed.get()) {
            try {
                Socket socket = server.accept();
                if (allow.stream().noneMatch(block -> block.contains(socket.getInetAddress()))) {
                    LOG.warn("{}: {} is not on the allow-list", name, socket.getInetAddress());
                    socket.close();
                } else if (!places.tryAcquire()) {
                    LOG.warn("{}: all {} connections are taken", name, connectionsMax);
                    socket.close();
                } else {
                    Connection connection = new Connection(socket);
                    open.add(connection);
                    begin(connection);
                }
            } catch (IOException e) {
                if (!closed.get()) {
                    LOG.error("{}: a connection cannot be accepted", name, e);
                    pause();
                }
            }
        }
    }

    private void begin(Connection connection) {
        try {
            threads.execute(() -> serve(connection));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The system gives no more threads, or the listener closes; those there are go on.
            LOG.error("{}: no thread for a connection", name, e);
            open.remove(connection);
            places.release();
            closeQuietly(connection.socket);
        }
    }

    /// Out of descriptors, most likely: asking again at once would only burn processor time.
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Connection connection) {
        try (Socket socket = connection.socket) {
            socket.setTcpNoDelay(true);
            handler.serve(connection);
        } catch (IOException e) {
            LOG.info(
                    "{}: connection from {} ended: {}", name, connection.socket.getRemoteSocketAddress(), e.toString());
        } catch (RuntimeException e) {
            LOG.error("{}: connection from {} failed", name, connection.socket.getRemoteSocketAddress(), e);
        } finally {
            open.remove(connection);
            places.release();
        }
    }

    public int connections() {
        return open.size();
    }

    /// Stops accepting, closes idle connections at once and the others after the grace.
    public void close(Duration grace) {
        closed.set(true);
        for (ServerSocket socket : sockets) {
            closeQuietly(socket);
        }
        open.stream().filter(each -> each.idle.get()).forEach(each -> closeQuietly(each.socket));
        try {
            if (!places.tryAcquire(connectionsMax, grace.toMillis(), TimeUnit.MILLISECONDS)) {
                open.forEach(each -> closeQuietly(each.socket));
                if (!places.tryAcquire(connectionsMax, 2, TimeUnit.SECONDS)) {
                    LOG.warn("{}: {} connections did not end", name, open.size());
                }
            }
        } catch (InterruptedException e) {
            open.forEach(each -> closeQuietly(each.socket));
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdown();
        }
    }

    private static void closeQuietly(java.io.Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a socket cannot be closed", e);
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(8));
    }
}
