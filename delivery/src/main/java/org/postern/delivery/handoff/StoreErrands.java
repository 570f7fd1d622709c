// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.delivery.spool.SpoolStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one store should know when there is time: which ids are proven, and which it must refuse. A thread of its own
/// tells it in batches, and looks every few seconds how the store is.
final class StoreErrands implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreErrands.class);
    private static final int WAITING_MAX = 10_000;
    private static final int BATCH_MAX = 500;
    private static final Duration BATCH_TIME = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    /// Longer than the store works on one mail (mail-timeout), at one try in half a second.
    private static final int ABORT_TRIES = 10_000;
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final StorePeer peer;
    private final BlockingQueue<Errand> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread courier;
    private volatile boolean closed;

    /// Something the store should know.
    sealed interface Errand {
        /// The sender of this mail saw the 250.
        record Proven(HandoffId id) implements Errand {}

        /// This id must not be accepted any more.
        record Abort(HandoffId id, int tries) implements Errand {}
    }

    StoreErrands(StorePeer peer) {
        this.peer = peer;
        this.courier = Thread.ofVirtual().name("courier-" + peer.address()).start(this::run);
    }

    /// Takes one; it is dropped, loudly, where too many wait.
    void add(Errand errand) {
        if (!closed && !waiting.offer(errand)) {
            LOG.warn("store {} is not told: {}", peer.address(), errand);
        }
    }

    private void run() {
        boolean first = true;
        while (!closed) {
            try {
                if (first) {
                    first = false;
                    runBatch(null);
                }
                runBatch(waiting.poll(peer.trouble().isEmpty() ? LOOK_EVERY.toMillis() : 1000, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void runBatch(@Nullable Errand first) throws InterruptedException {
        List<Errand> batch = new ArrayList<>();
        if (first != null) {
            batch.add(first);
            waiting.drainTo(batch, BATCH_MAX);
        }
        Deadline deadline = Deadline.in(BATCH_TIME);
        try {
            if (peer.visit(connection -> tell(batch, connection, deadline), deadline)) {
                Thread.sleep(ASK_AGAIN);
            }
        } catch (IOException e) {
            LOG.debug("store {} cannot be told {} errands", peer.address(), batch.size(), e);
            retry(batch);
            Thread.sleep(ASK_AGAIN);
        } catch (RuntimeException e) {
            LOG.error("store {} cannot be told {} errands", peer.address(), batch.size(), e);
            Thread.sleep(ASK_AGAIN);
        }
    }

    /// @return whether something must be asked again, because the store is still at it
    private boolean tell(List<Errand> batch, StoreConnection connection, Deadline deadline) throws IOException {
        List<HandoffId> proven = new ArrayList<>();
        for (Errand errand : batch) {
            if (errand instanceof Errand.Proven(HandoffId id)) {
                proven.add(id);
            }
        }
        if (!proven.isEmpty()) {
            connection.proven(proven, deadline);
        }
        boolean unsettled = false;
        for (Errand errand : batch) {
            if (errand instanceof Errand.Abort(HandoffId id, int tries)) {
                SpoolStore.Status status = connection.abort(id, deadline);
                LOG.info("store {} answers the abort of {}: {}", peer.address(), id, status);
                if (status == SpoolStore.Status.IN_PROGRESS && tries < ABORT_TRIES) {
                    add(new Errand.Abort(id, tries + 1));
                    unsettled = true;
                }
            }
        }
        return unsettled;
    }

    /// To be told twice does no harm.
    private void retry(List<Errand> batch) {
        for (Errand errand : batch) {
            switch (errand) {
                case Errand.Proven proven -> add(proven);
                case Errand.Abort(HandoffId id, int tries) -> {
                    if (tries < ABORT_TRIES) {
                        add(new Errand.Abort(id, tries + 1));
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        courier.interrupt();
    }
}
