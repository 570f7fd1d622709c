// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.HandoffId;

/// What is remembered of handoffs beyond the life of their files: which ids are finished or aborted, and which
/// mails were accepted from a sender that may not have seen the 250. There is a bound for all of them together:
/// ADR 0080.
///
/// One lock guards all tables; nothing blocks while it is held.
final class DedupMemory {
    private static final int FORGOTTEN_AT_ONCE = 16;

    private final Duration idsFor;
    private final Duration unprovenFor;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final FinishedIds finished = new FinishedIds();
    private final UnprovenMails unproven = new UnprovenMails();
    /// Ids whose proof stands in the log; only until all files are found.
    private final IdTable<IdTable.Entry> provenIds = new IdTable<>();
    private boolean finding = true;
    private long forgotten;

    /// An id that takes no mail any more.
    ///
    /// @param sha256 of the mail it had; zeros where it was aborted or answered "duplicate"
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Finished(LogRecord.Type type, byte[] sha256, long timeMillis) {}

    /// A mail whose sender may not have seen the 250.
    ///
    /// @param delivered whether its file is gone because nothing was left to do
    record Unproven(HandoffId id, long timeMillis, boolean delivered) {}

    /// @param most remembered at a time; what is finished while there is no room is remembered all the same
    DedupMemory(Duration idsFor, Duration unprovenFor, int most) {
        this.idsFor = idsFor;
        this.unprovenFor = unprovenFor;
        this.most = most;
    }

    /// Learns one record, from the log at start or as it happens.
    void learn(LogRecord entry) {
        lock.lock();
        try {
            switch (entry.type()) {
                case ACCEPTED -> unproven.accepted(entry);
                case COMPLETE -> {
                    finished.add(entry);
                    unproven.delivered(entry);
                }
                case PROVEN -> {
                    if (finding) {
                        boolean _ = provenIds.add(new IdTable.Entry(entry.id()));
                    }
                    unproven.remove(entry.id());
                }
                case ABORTED -> finished.add(entry);
                case SAME_AS -> unproven.same(entry);
            }
            if (finding && size() > most) {
                // The log may hold more than there is room for. Measured from its end, for the machine may have been
                // off for long: a mail that was finished just before that may have its file again.
                forgetOldest(finished.newestMillis());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether there is room for one more, if need be by forgetting finished ids before their time. What is unproven
    /// stays: without it a second copy would be kept.
    boolean hasRoom(Instant now) {
        lock.lock();
        try {
            if (size() >= most) {
                forgetOldest(finding ? finished.newestMillis() : now.toEpochMilli());
            }
            return size() < most;
        } finally {
            lock.unlock();
        }
    }

    private void forgetOldest(long nowMillis) {
        forgotten += finished.forgetOldest(Math.max(1, most / FORGOTTEN_AT_ONCE), nowMillis);
    }

    private int size() {
        return finished.size() + unproven.size();
    }

    /// How much is remembered, and may be.
    SpoolStore.Remembered remembered() {
        lock.lock();
        try {
            return new SpoolStore.Remembered(size(), most, forgotten);
        } finally {
            lock.unlock();
        }
    }

    Optional<Finished> finished(HandoffId id) {
        lock.lock();
        try {
            return finished.get(id);
        } finally {
            lock.unlock();
        }
    }

    Optional<Unproven> unproven(Fingerprint print) {
        lock.lock();
        try {
            return unproven.get(print);
        } finally {
            lock.unlock();
        }
    }

    /// Whether a proof for this id would change anything.
    boolean awaitsProof(HandoffId id) {
        lock.lock();
        try {
            return unproven.contains(id);
        } finally {
            lock.unlock();
        }
    }

    /// Whether the log said anything of this id. Asked for files found at start.
    boolean inLog(HandoffId id) {
        lock.lock();
        try {
            return unproven.contains(id) || provenIds.get(id) != null || finished.contains(id);
        } finally {
            lock.unlock();
        }
    }

    /// The files from before the start are all known.
    void allFound() {
        lock.lock();
        try {
            finding = false;
            provenIds.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets that this mail is here: it was damaged, and the same mail again is welcome.
    void forget(HandoffId id) {
        lock.lock();
        try {
            unproven.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /// Drops what is older than it needs to be.
    void expire(Instant now) {
        lock.lock();
        try {
            int _ = finished.forgetBefore(now.minus(idsFor).toEpochMilli());
            unproven.forgetBefore(now.minus(unprovenFor).toEpochMilli());
        } finally {
            lock.unlock();
        }
    }

    /// Whether a record in the log still says something that is not known otherwise. `PROVEN` says nothing once the
    /// records it cancels are gone, and they are older.
    boolean needs(LogRecord entry) {
        lock.lock();
        try {
            return switch (entry.type()) {
                case ACCEPTED, SAME_AS -> unproven.contains(entry.id());
                case COMPLETE -> finished.contains(entry.id()) || unproven.contains(entry.id(), entry.fingerprint());
                case ABORTED -> finished.contains(entry.id());
                case PROVEN -> false;
            };
        } finally {
            lock.unlock();
        }
    }
}
