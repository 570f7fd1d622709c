// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.HostAndPort;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;

/// One store as a front knows it: its idle connections, whether it takes mail, and what must still be
/// told to it.
///
/// The lock guards the idle connections. One virtual thread, the courier, tells the store what can wait.
final class StorePeer implements AutoCloseable {
    private static final long CHECK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HostAndPort address;
    private final NamedHosts hosts;
    private final String node;
    private final HandoffClientConfig config;
    private final Watchdog watchdog;
    private final Optional<MutualTls> tls;
    private final PeerPlaces places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<StoreConnection> idle = new ArrayDeque<>();
    private final StoreErrands errands;
    private volatile String trouble = "";
    private volatile boolean closed;

    StorePeer(
            HostAndPort address,
            NamedHosts hosts,
            String node,
            HandoffClientConfig config,
            Optional<MutualTls> tls,
            Watchdog watchdog) {
        this.hosts = hosts;
        this.tls = tls;
        this.places = new PeerPlaces(config.connectionsMax());
        this.address = address;
        this.node = node;
        this.config = config;
        this.watchdog = watchdog;
        this.errands = new StoreErrands(this);
    }

    HostAndPort address() {
        return address;
    }

    /// What is wrong with the store; empty where nothing is known to be.
    String trouble() {
        return trouble.isEmpty() && places.full() ? "store " + address + " has as much as it can take" : trouble;
    }

    /// Bounds what is handed over at once.
    PeerPlaces places() {
        return places;
    }

    /// A connection that works, as far as anybody can tell.
    StoreConnection connect(Deadline deadline) throws IOException {
        StoreConnection kept = take();
        while (kept != null) {
            if (kept.idleNanos() < CHECK_AFTER_NANOS || answers(kept, deadline)) {
                return kept;
            }
            kept.close();
            kept = take();
        }
        Deadline patience = deadline.within(config.connectTimeout());
        try {
            StoreConnection fresh = StoreConnection.open(address, hosts, node, tls, watchdog, patience);
            trouble = "";
            places.told(fresh.places());
            return fresh;
        } catch (IOException e) {
            // Its socket was closed at the deadline, which is not what anybody wants to read.
            String why = patience.expired() || e instanceof SocketTimeoutException
                    ? "it does not answer in time"
                    : String.valueOf(e.getMessage());
            trouble = "store " + address + " cannot be reached: " + why;
            throw new IOException(why, e);
        }
    }

    private boolean answers(StoreConnection connection, Deadline deadline) {
        try {
            trouble = connection.ping(deadline.within(config.connectTimeout()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable StoreConnection take() {
        lock.lock();
        try {
            StoreConnection oldest = idle.peekFirst();
            while (oldest != null && oldest.idleNanos() > config.idleTimeout().toNanos()) {
                idle.removeFirst();
                oldest.close();
                oldest = idle.peekFirst();
            }
            return idle.pollLast();
        } finally {
            lock.unlock();
        }
    }

    /// Keeps a connection for the next mail.
    void keep(StoreConnection connection) {
        lock.lock();
        try {
            if (!closed && idle.size() < config.connectionsMax()) {
                idle.addLast(connection);
                return;
            }
        } finally {
            lock.unlock();
        }
        connection.close();
    }

    /// Looks how the store is, after what is to be told to it.
    ///
    /// @param telling what is told over the connection
    /// @return what that returned
    <T> T visit(Telling<T> telling, Deadline deadline) throws IOException {
        StoreConnection connection = connect(deadline);
        boolean fine = false;
        try {
            T result = telling.over(connection);
            trouble = connection.ping(deadline);
            places.told(connection.places());
            fine = true;
            return result;
        } finally {
            if (fine) {
                keep(connection);
            } else {
                connection.close();
            }
        }
    }

    /// Something that is told to a store.
    interface Telling<T> {
        T over(StoreConnection connection) throws IOException;
    }

    /// Something the store should know, when there is time.
    void tell(StoreErrands.Errand errand) {
        errands.add(errand);
    }

    @Override
    public void close() {
        closed = true;
        errands.close();
        lock.lock();
        try {
            idle.forEach(StoreConnection::close);
            idle.clear();
        } finally {
            lock.unlock();
        }
    }
}
