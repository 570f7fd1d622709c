// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.HostAndPort;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.spool.SpoolStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One store as a front knows it: its idle connections, whether it takes mail, and what must still be
/// told to it.
///
/// The lock guards the idle connections. One virtual thread, the courier, tells the store what can wait.
final class StorePeer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StorePeer.class);
    private static final int ERRANDS_MAX = 10_000;
    private static final int BATCH_MAX = 500;
    private static final Duration ERRAND_TIME = Duration.ofSeconds(5);
    private static final Duration PING_EVERY = Duration.ofSeconds(5);
    /// Longer than the store works on one mail (mail-timeout), at one try in half a second.
    private static final int ABORT_TRIES = 10_000;
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    private static final long CHECK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HostAndPort address;
    private final String node;
    private final HandoffClientConfig config;
    private final Watchdog watchdog;
    private final Optional<MutualTls> tls;
    private final PeerPlaces places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<StoreConnection> idle = new ArrayDeque<>();
    private final BlockingQueue<Errand> errands = new ArrayBlockingQueue<>(ERRANDS_MAX);
    private final Thread courier;
    private volatile String trouble = "";
    private volatile boolean closed;

    /// Something the store should know.
    sealed interface Errand {
        /// The sender of this mail saw the 250.
        record Proven(HandoffId id) implements Errand {}

        /// This id must not be accepted any more.
        record Abort(HandoffId id, int tries) implements Errand {}
    }

    StorePeer(
            HostAndPort address, String node, HandoffClientConfig config, Optional<MutualTls> tls, Watchdog watchdog) {
        this.tls = tls;
        this.places = new PeerPlaces(config.connectionsMax());
        this.address = address;
        this.node = node;
        this.config = config;
        this.watchdog = watchdog;
        this.courier = Thread.ofVirtual().name("courier-" + address).start(this::runErrands);
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
        try {
            StoreConnection fresh =
                    StoreConnection.open(address, node, tls, watchdog, deadline.within(config.connectTimeout()));
            trouble = "";
            places.told(fresh.places());
            return fresh;
        } catch (IOException e) {
            trouble = "store " + address + " cannot be reached: " + e.getMessage();
            throw e;
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

    /// Hands an errand to the courier; it is dropped, loudly, where too many wait.
    void tell(Errand errand) {
        if (!closed && !errands.offer(errand)) {
            LOG.warn("store {} is not told: {}", address, errand);
        }
    }

    private void runErrands() {
        boolean first = true;
        while (!closed) {
            try {
                if (first) {
                    first = false;
                    runOnce(null);
                }
                Errand next = errands.poll(trouble.isEmpty() ? PING_EVERY.toMillis() : 1000, TimeUnit.MILLISECONDS);
                runOnce(next);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void runOnce(@Nullable Errand first) throws InterruptedException {
        List<Errand> batch = new ArrayList<>();
        if (first != null) {
            batch.add(first);
            errands.drainTo(batch, BATCH_MAX);
        }
        Deadline deadline = Deadline.in(ERRAND_TIME);
        try {
            StoreConnection connection = connect(deadline);
            boolean fine = false;
            boolean unsettled = false;
            try {
                unsettled = run(batch, connection, deadline);
                trouble = connection.ping(deadline);
                places.told(connection.places());
                fine = true;
            } finally {
                if (fine) {
                    keep(connection);
                } else {
                    connection.close();
                }
            }
            if (unsettled) {
                Thread.sleep(ASK_AGAIN);
            }
        } catch (IOException e) {
            LOG.debug("store {} cannot be told {} errands", address, batch.size(), e);
            retryAborts(batch);
            Thread.sleep(ASK_AGAIN);
        } catch (RuntimeException e) {
            LOG.error("store {} cannot be told {} errands", address, batch.size(), e);
            Thread.sleep(ASK_AGAIN);
        }
    }

    /// @return whether something must be asked again, because the store is still at it
    private boolean run(List<Errand> batch, StoreConnection connection, Deadline deadline) throws IOException {
        boolean unsettled = false;
        List<HandoffId> proven = new ArrayList<>();
        for (Errand errand : batch) {
            switch (errand) {
                case Errand.Proven(HandoffId id) -> proven.add(id);
                case Errand.Abort(HandoffId id, int tries) -> {
                    SpoolStore.Status status = connection.abort(id, deadline);
                    LOG.info("store {} answers the abort of {}: {}", address, id, status);
                    if (status == SpoolStore.Status.IN_PROGRESS && tries < ABORT_TRIES) {
                        tell(new Errand.Abort(id, tries + 1));
                        unsettled = true;
                    }
                }
            }
        }
        if (!proven.isEmpty()) {
            connection.proven(proven, deadline);
        }
        return unsettled;
    }

    private void retryAborts(List<Errand> batch) {
        for (Errand errand : batch) {
            if (errand instanceof Errand.Abort(HandoffId id, int tries) && tries < ABORT_TRIES) {
                tell(new Errand.Abort(id, tries + 1));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        courier.interrupt();
        lock.lock();
        try {
            idle.forEach(StoreConnection::close);
            idle.clear();
        } finally {
            lock.unlock();
        }
    }
}
