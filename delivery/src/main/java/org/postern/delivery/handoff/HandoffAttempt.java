// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.limits.Deadline;
import org.postern.delivery.spool.SpoolStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One mail and the one store it was begun with: what becomes of its id is found out from this store alone. One thread
/// uses it.
final class HandoffAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(HandoffAttempt.class);
    private static final long PAUSE_FIRST_MILLIS = 10;
    private static final long PAUSE_MAX_MILLIS = 500;

    private final StorePeer peer;
    private final Handoff handoff;
    private final Deadline deadline;
    private final ProofTracker proofs;
    private final Counter aborts;
    private boolean mayBeKept;
    private long pauseMillis = PAUSE_FIRST_MILLIS;

    /// @param aborts counts the handoffs that got no answer
    HandoffAttempt(StorePeer peer, Handoff handoff, Deadline deadline, ProofTracker proofs, Counter aborts) {
        this.peer = peer;
        this.handoff = handoff;
        this.deadline = deadline;
        this.proofs = proofs;
        this.aborts = aborts;
    }

    HandoffResult settle(StoreConnection first) {
        String why;
        Optional<HandoffResult> result = Optional.empty();
        try {
            result = send(first);
            why = "";
        } catch (IOException e) {
            why = failure(e);
        }
        while (result.isEmpty() && !deadline.expired()) {
            try {
                pause();
                result = again(peer.connect(deadline));
            } catch (IOException e) {
                why = failure(e);
            }
        }
        return result.isPresent() ? result.get() : unsettled(why);
    }

    private String failure(IOException e) {
        LOG.info("handoff {} to {}: {}", handoff.id(), peer.address(), e.toString());
        return String.valueOf(e);
    }

    private HandoffResult unsettled(String why) {
        String detail = "store " + peer.address() + " gave no answer: " + why;
        aborts.increment();
        peer.tell(new StoreErrands.Errand.Abort(handoff.id(), 0));
        return mayBeKept ? new HandoffResult.Indeterminate(detail) : new HandoffResult.Refused(false, detail);
    }

    /// Sends the mail; an exception means that the answer is not known.
    private Optional<HandoffResult> send(StoreConnection connection) throws IOException {
        StoreConnection.Progress progress = new StoreConnection.Progress();
        boolean fine = false;
        try {
            Optional<HandoffId> proven = proofs.unsent(handoff.dedupKey());
            if (proven.isPresent()) {
                connection.proven(List.of(proven.get()), deadline);
                proofs.sent(handoff.dedupKey());
            }
            HandoffResult result = connection.handOver(handoff, deadline, progress);
            fine = true;
            return Optional.of(result);
        } catch (StoreConnection.ContentException e) {
            return Optional.of(new HandoffResult.Refused(false, "the message cannot be read: " + e.getMessage()));
        } finally {
            mayBeKept |= progress.complete();
            end(connection, fine);
        }
    }

    /// Asks what became of the id, and sends the mail again where the store does not know it.
    private Optional<HandoffResult> again(StoreConnection connection) throws IOException {
        SpoolStore.Status status;
        boolean fine = false;
        try {
            status = connection.status(handoff.id(), deadline);
            fine = true;
        } finally {
            if (!fine) {
                connection.close();
            }
        }
        return switch (status) {
            case UNKNOWN -> send(connection);
            case ACCEPTED -> {
                peer.keep(connection);
                yield Optional.of(new HandoffResult.Accepted(handoff.id().toString(), true));
            }
            case ABORTED -> {
                peer.keep(connection);
                yield Optional.of(new HandoffResult.Refused(false, "the handoff was aborted"));
            }
            case IN_PROGRESS -> {
                peer.keep(connection);
                yield Optional.empty();
            }
        };
    }

    private void end(StoreConnection connection, boolean fine) {
        if (fine) {
            peer.keep(connection);
        } else {
            connection.close();
        }
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(Math.min(pauseMillis, deadline.remainingMillis()));
            pauseMillis = Math.min(2 * pauseMillis, PAUSE_MAX_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
