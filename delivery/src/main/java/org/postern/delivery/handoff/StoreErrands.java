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

    /// How often telling one may fail for a reason of our own, before it is left.
    private static final int FAILURES_MAX = 5;

    private final StorePeer peer;
    private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread courier;
    private volatile boolean closed;

    /// Something the store should know.
    sealed interface Errand {
        /// The sender of this mail saw the 250.
        record Proven(HandoffId id) implements Errand {}

        /// This id must not be accepted any more.
        record Abort(HandoffId id, int tries) implements Errand {}
    }

    /// @param failures how often telling it failed for a reason of our own
    private record Waiting(Errand errand, int failures) {}

    /// The connection is fine; what was to be said could not be.
    private static final class NotToldException extends IOException {
        private static final long serialVersionUID = 1L;

        NotToldException(RuntimeException cause) {
            super(cause);
        }
    }

    StoreErrands(StorePeer peer) {
        this.peer = peer;
        this.courier = Thread.ofVirtual().name("courier-" + peer.address()).start(this::run);
    }

    /// Takes one; it is dropped, loudly, where too many wait.
    void add(Errand errand) {
        add(new Waiting(errand, 0));
    }

    private void add(Waiting one) {
        if (!closed && !waiting.offer(one)) {
            LOG.warn("store {} is not told: {}", peer.address(), one.errand());
        }
    }

    private void run() {
        try {
            visit(List.of());
            while (!closed) {
                long patience = peer.trouble().isEmpty() ? LOOK_EVERY.toMillis() : 1000;
                visit(batch(waiting.poll(patience, TimeUnit.MILLISECONDS)));
            }
        } catch (InterruptedException e) {
            LOG.debug("the courier ends: only close() interrupts it");
        }
    }

    /// What is told at once. One that failed is told alone, so that it cannot harm others.
    private List<Waiting> batch(@Nullable Waiting first) {
        if (first == null) {
            return List.of();
        }
        List<Waiting> batch = new ArrayList<>(List.of(first));
        Waiting next = waiting.peek();
        while (first.failures() == 0 && batch.size() < BATCH_MAX && next != null && next.failures() == 0) {
            // Nobody else takes any out.
            batch.add(waiting.remove());
            next = waiting.peek();
        }
        return batch;
    }

    private void visit(List<Waiting> batch) throws InterruptedException {
        Deadline deadline = Deadline.in(BATCH_TIME);
        List<Waiting> left = new ArrayList<>(batch);
        try {
            if (peer.visit(connection -> tell(left, connection, deadline), deadline)) {
                Thread.sleep(ASK_AGAIN);
            }
        } catch (NotToldException e) {
            LOG.error("store {} cannot be told {} errands", peer.address(), left.size(), e);
            left.forEach(this::afterFailure);
            Thread.sleep(ASK_AGAIN);
        } catch (IOException e) {
            LOG.debug("store {} cannot be told {} errands", peer.address(), left.size(), e);
            left.forEach(this::again);
            Thread.sleep(ASK_AGAIN);
        } catch (RuntimeException e) {
            LOG.error("store {} cannot be visited; {} errands wait", peer.address(), left.size(), e);
            left.forEach(this::again);
            Thread.sleep(LOOK_EVERY);
        }
    }

    /// @param left what was told is taken out
    /// @return whether something must be asked again, because the store is still at it
    private boolean tell(List<Waiting> left, StoreConnection connection, Deadline deadline) throws IOException {
        try {
            tellProofs(left, connection, deadline);
            return tellAborts(left, connection, deadline);
        } catch (RuntimeException e) {
            throw new NotToldException(e);
        }
    }

    private static void tellProofs(List<Waiting> left, StoreConnection connection, Deadline deadline)
            throws IOException {
        List<HandoffId> proven = new ArrayList<>();
        for (Waiting one : left) {
            if (one.errand() instanceof Errand.Proven(HandoffId id)) {
                proven.add(id);
            }
        }
        if (!proven.isEmpty()) {
            connection.proven(proven, deadline);
            left.removeIf(one -> one.errand() instanceof Errand.Proven);
        }
    }

    private boolean tellAborts(List<Waiting> left, StoreConnection connection, Deadline deadline) throws IOException {
        boolean unsettled = false;
        for (Waiting one : List.copyOf(left)) {
            if (one.errand() instanceof Errand.Abort(HandoffId id, int tries)) {
                SpoolStore.Status status = connection.abort(id, deadline);
                left.remove(one);
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
    private void again(Waiting one) {
        switch (one.errand()) {
            case Errand.Proven _ -> add(one);
            case Errand.Abort(HandoffId id, int tries) -> {
                if (tries < ABORT_TRIES) {
                    add(new Waiting(new Errand.Abort(id, tries + 1), one.failures()));
                }
            }
        }
    }

    private void afterFailure(Waiting one) {
        if (one.failures() + 1 < FAILURES_MAX) {
            add(new Waiting(one.errand(), one.failures() + 1));
        } else {
            LOG.error("store {} is not told: {}", peer.address(), one.errand());
        }
    }

    @Override
    public void close() {
        closed = true;
        courier.interrupt();
    }
}
