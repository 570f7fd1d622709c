// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;

/// The queue as an administrator sees it. Deliveries go on while he looks: what he sees was true a moment ago.
public interface SpoolQueue {
    /// The mails that fit, oldest first, read from the disk one by one.
    List<Entry> list(QueueQuery query) throws IOException;

    /// The mails of this transaction; one, as a rule.
    List<HandoffId> named(TransactionId transaction);

    /// Keeps a mail from being delivered until released, over restarts. A delivery that runs ends as it would have.
    Change hold(HandoffId id) throws IOException;

    /// Lets a held mail be delivered at once.
    Change release(HandoffId id) throws IOException;

    /// Forgets a mail: those to whom it was not delivered will never get it, and its handoff repeated is answered
    /// "duplicate".
    Change delete(HandoffId id) throws IOException;

    /// Makes waiting mails that fit due now; held ones stay held.
    ///
    /// @return how many
    int retryNow(QueueQuery query) throws IOException;

    /// Lets no delivery begin until resumed, over restarts; mail is taken in meanwhile. What runs ends as it would
    /// have.
    ///
    /// @throws IOException where they are paused, but a restart would let them go on
    void pause() throws IOException;

    /// Lets deliveries begin again.
    ///
    /// @throws IOException where they stay paused
    void resume() throws IOException;

    boolean paused();

    /// Adds the queue up.
    Totals totals();

    /// What became of an order.
    enum Change {
        DONE,
        /// There is no such mail.
        UNKNOWN,
        /// It is being delivered right now.
        BUSY
    }

    /// Where a mail stands.
    enum State {
        WAITING,
        RUNNING,
        HELD
    }

    /// One mail.
    ///
    /// @param next the next attempt; for a running one the end of its lease; says nothing of a held one
    /// @param attempts tries so far
    /// @param reason why the last one did not finish it; may be empty
    record Entry(
            HandoffId id,
            State state,
            Instant received,
            Instant next,
            int attempts,
            String reason,
            Disposition disposition,
            ReversePath sender,
            long size,
            List<EntryRecipient> recipients) {
        public Entry {
            recipients = List.copyOf(recipients);
        }
    }

    /// One recipient of it.
    ///
    /// @param text what was recorded of him; may be empty
    record EntryRecipient(ForwardPath path, RecipientState state, String text) {}

    /// The whole queue.
    ///
    /// @param due waiting mails whose time has come
    /// @param later waiting mails whose time has not come
    /// @param running claimed ones
    /// @param held held ones
    /// @param octets of all bodies
    /// @param oldest when the oldest mail's transaction began; empty where there is none
    record Totals(long due, long later, long running, long held, long octets, Optional<Instant> oldest) {
        public long mails() {
            return due + later + running + held;
        }
    }
}
