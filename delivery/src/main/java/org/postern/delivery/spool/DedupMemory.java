// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;

/// What is remembered of handoffs beyond the life of their files: which ids are finished or aborted, and which
/// mails were accepted from a sender that may not have seen the 250.
///
/// One lock guards all tables; nothing blocks while it is held. A finished id costs about 90 octets, an unproven mail
/// about 80.
final class DedupMemory {
    private final Duration idsFor;
    private final Duration unprovenFor;
    private final ReentrantLock lock = new ReentrantLock();
    private final IdTable<FinishedId> finished = new IdTable<>();
    private final IdTable<UnprovenMail> unprovenIds = new IdTable<>();
    private final Prints unproven = new Prints();
    /// Ids that were answered "duplicate" of a mail under another id, by that mail's key.
    private final Map<HandoffId, Fingerprint> sameAs = new HashMap<>();
    /// Ids whose proof stands in the log; only until all files are found.
    private final IdTable<IdTable.Entry> provenIds = new IdTable<>();
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

    private static final class FinishedId extends IdTable.Entry {
        private final LogRecord.Type type;
        private final long timeMillis;
        private final long sha0;
        private final long sha1;
        private final long sha2;
        private final long sha3;

        FinishedId(LogRecord entry) {
            super(entry.id());
            this.type = entry.type();
            this.timeMillis = entry.timeMillis();
            ByteBuffer sha = ByteBuffer.wrap(entry.sha256());
            this.sha0 = sha.getLong();
            this.sha1 = sha.getLong();
            this.sha2 = sha.getLong();
            this.sha3 = sha.getLong();
        }

        Finished finished() {
            byte[] sha = ByteBuffer.allocate(32)
                    .putLong(sha0)
                    .putLong(sha1)
                    .putLong(sha2)
                    .putLong(sha3)
                    .array();
            return new Finished(type, sha, timeMillis);
        }
    }

    private static final class UnprovenMail extends IdTable.Entry {
        private final long printHigh;
        private final long printLow;
        private final long timeMillis;
        private boolean delivered;

        UnprovenMail(LogRecord entry) {
            super(entry.id());
            this.printHigh = entry.fingerprint().high();
            this.printLow = entry.fingerprint().low();
            this.timeMillis = entry.timeMillis();
        }
    }

    /// Finds unproven mails by their key.
    private static final class Prints extends CompactTable<UnprovenMail> {
        @Override
        long high(UnprovenMail entry) {
            return entry.printHigh;
        }

        @Override
        long low(UnprovenMail entry) {
            return entry.printLow;
        }

        @Override
        String text(UnprovenMail entry) {
            return "";
        }

        @Nullable
        UnprovenMail get(Fingerprint print) {
            return get(print.high(), print.low(), "");
        }
    }

    DedupMemory(Duration idsFor, Duration unprovenFor) {
        this.idsFor = idsFor;
        this.unprovenFor = unprovenFor;
    }

    /// Learns one record, from the log at start or as it happens.
    void learn(LogRecord entry) {
        lock.lock();
        try {
            switch (entry.type()) {
                case ACCEPTED -> {
                    UnprovenMail mail = new UnprovenMail(entry);
                    if (unproven.add(mail)) {
                        boolean _ = unprovenIds.add(mail);
                    } else {
                        sameAs.put(entry.id(), entry.fingerprint());
                    }
                }
                case COMPLETE -> {
                    finish(entry);
                    UnprovenMail mail = unproven.get(entry.fingerprint());
                    if (mail != null && mail.id().equals(entry.id())) {
                        mail.delivered = true;
                    }
                }
                case PROVEN -> {
                    if (finding) {
                        boolean _ = provenIds.add(new IdTable.Entry(entry.id()));
                    }
                    remove(entry.id());
                }
                case ABORTED -> finish(entry);
                case SAME_AS -> sameAs.put(entry.id(), entry.fingerprint());
            }
        } finally {
            lock.unlock();
        }
    }

    private void finish(LogRecord entry) {
        FinishedId id = new FinishedId(entry);
        finished.remove(id);
        boolean _ = finished.add(id);
    }

    /// Forgets the mail that this id is, or is the same as.
    private void remove(HandoffId id) {
        UnprovenMail mail = unprovenIds.get(id);
        Fingerprint print = sameAs.remove(id);
        if (mail == null && print != null) {
            mail = unproven.get(print);
        }
        if (mail != null) {
            unprovenIds.remove(mail);
            unproven.remove(mail);
        }
    }

    Optional<Finished> finished(HandoffId id) {
        lock.lock();
        try {
            return Optional.ofNullable(finished.get(id)).map(FinishedId::finished);
        } finally {
            lock.unlock();
        }
    }

    Optional<Unproven> unproven(Fingerprint print) {
        lock.lock();
        try {
            return Optional.ofNullable(unproven.get(print))
                    .map(mail -> new Unproven(mail.id(), mail.timeMillis, mail.delivered));
        } finally {
            lock.unlock();
        }
    }

    /// Whether a proof for this id would change anything.
    boolean awaitsProof(HandoffId id) {
        lock.lock();
        try {
            return unprovenIds.get(id) != null || sameAs.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    /// Whether the log said anything of this id. Asked for files found at start.
    boolean inLog(HandoffId id) {
        lock.lock();
        try {
            return unprovenIds.get(id) != null
                    || provenIds.get(id) != null
                    || finished.get(id) != null
                    || sameAs.containsKey(id);
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
            remove(id);
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
            var _ = finished.removeIf(one -> one.timeMillis < ids);
            unproven.removeIf(one -> one.timeMillis < proofs).forEach(unprovenIds::remove);
            sameAs.values().removeIf(print -> unproven.get(print) == null);
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
                case ACCEPTED, SAME_AS -> unprovenIds.get(entry.id()) != null || sameAs.containsKey(entry.id());
                case COMPLETE -> {
                    UnprovenMail mail = unproven.get(entry.fingerprint());
                    yield finished.get(entry.id()) != null
                            || (mail != null && mail.id().equals(entry.id()));
                }
                case ABORTED -> finished.get(entry.id()) != null;
                case PROVEN -> false;
            };
        } finally {
            lock.unlock();
        }
    }
}
