// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.HandoffId;

/// What is remembered of handoffs beyond the life of their files: which ids are finished or aborted, and which
/// mails were accepted from a sender that may not have seen the 250.
///
/// One lock guards all maps; nothing blocks while it is held.
final class DedupMemory {
    private final Duration idsFor;
    private final Duration unprovenFor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<HandoffId, Finished> finished = new HashMap<>();
    private final Map<Fingerprint, Unproven> unproven = new HashMap<>();
    private final Map<HandoffId, Fingerprint> keys = new HashMap<>();
    /// Ids whose proof was read or awaited; only until all files are found.
    private final Set<HandoffId> inLog = new HashSet<>();
    private boolean finding = true;

    /// An id that takes no mail any more.
    ///
    /// @param sha256 of the mail it had; zeros where it was aborted or answered "duplicate"
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Finished(LogRecord.Type type, byte[] sha256, long timeMillis) {}

    /// A mail whose sender may not have seen the 250.
    ///
    /// @param delivered whether its file is gone because nothing was left to do
    record Unproven(HandoffId id, long timeMillis, boolean delivered) {}

    DedupMemory(Duration idsFor, Duration unprovenFor) {
        this.idsFor = idsFor;
        this.unprovenFor = unprovenFor;
    }

    /// Learns one record, from the log at start or as it happens.
    void learn(LogRecord entry) {
        lock.lock();
        try {
            if (finding) {
                inLog.add(entry.id());
            }
            Fingerprint print = entry.fingerprint();
            switch (entry.type()) {
                case ACCEPTED -> {
                    unproven.putIfAbsent(print, new Unproven(entry.id(), entry.timeMillis(), false));
                    keys.put(entry.id(), print);
                }
                case COMPLETE -> {
                    finished.put(entry.id(), new Finished(entry.type(), entry.sha256(), entry.timeMillis()));
                    unproven.computeIfPresent(
                            print,
                            (k, old) ->
                                    old.id().equals(entry.id()) ? new Unproven(old.id(), old.timeMillis(), true) : old);
                }
                case PROVEN -> {
                    Fingerprint known = keys.remove(entry.id());
                    if (known != null) {
                        unproven.remove(known);
                    }
                }
                case ABORTED ->
                    finished.put(entry.id(), new Finished(entry.type(), entry.sha256(), entry.timeMillis()));
                case SAME_AS -> keys.put(entry.id(), print);
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<Finished> finished(HandoffId id) {
        lock.lock();
        try {
            return Optional.ofNullable(finished.get(id));
        } finally {
            lock.unlock();
        }
    }

    Optional<Unproven> unproven(Fingerprint print) {
        lock.lock();
        try {
            return Optional.ofNullable(unproven.get(print));
        } finally {
            lock.unlock();
        }
    }

    /// Whether a proof for this id would change anything.
    boolean awaitsProof(HandoffId id) {
        lock.lock();
        try {
            return keys.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    /// Whether the log said anything of this id. Asked for files found at start.
    boolean inLog(HandoffId id) {
        lock.lock();
        try {
            return inLog.contains(id);
        } finally {
            lock.unlock();
        }
    }

    /// The files from before the start are all known.
    void allFound() {
        lock.lock();
        try {
            finding = false;
            inLog.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets that this mail is here: it was damaged, and the same mail again is welcome.
    void forget(HandoffId id) {
        lock.lock();
        try {
            Fingerprint known = keys.remove(id);
            if (known != null) {
                unproven.remove(known);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Drops what is older than it needs to be.
    void expire(Instant now) {
        long ids = now.minus(idsFor).toEpochMilli();
        long proofs = now.minus(unprovenFor).toEpochMilli();
        lock.lock();
        try {
            finished.values().removeIf(one -> one.timeMillis() < ids);
            unproven.values().removeIf(one -> one.timeMillis() < proofs);
            keys.values().removeIf(print -> !unproven.containsKey(print));
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return finished.size() + unproven.size();
        } finally {
            lock.unlock();
        }
    }
}
