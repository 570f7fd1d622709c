// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The delivery's side of the spool: a claimed mail is worked on by the holder of its lease, and what became of it is
/// recorded only while that lease counts.
final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final InstantSource clock;
    private final SpoolFolder folder;
    private final SpoolIndex index;
    private final IntakeGate gate;
    private final Reserve reserve;
    private final HandoffMemory memory;
    private final Recovery recovery;
    private final MailLocks locks;
    private final AtomicLong failed = new AtomicLong();

    Leases(
            InstantSource clock,
            SpoolFolder folder,
            SpoolIndex index,
            IntakeGate gate,
            Reserve reserve,
            HandoffMemory memory,
            Recovery recovery,
            MailLocks locks)
            throws IOException {
        this.clock = clock;
        this.folder = folder;
        this.index = index;
        this.gate = gate;
        this.reserve = reserve;
        this.memory = memory;
        this.recovery = recovery;
        this.locks = locks;
        failed.set(folder.count("failed"));
    }

    long failed() {
        return failed.get();
    }

    StoredMail open(SpoolStore.Lease lease) throws IOException {
        requireHeld(lease);
        Path path = folder.mailFile(lease.id());
        try {
            return new FileMail(folder.disk(), path);
        } catch (SpoolFile.TornException e) {
            throw new DamagedMailException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            if (!folder.disk().exists(path)) {
                throw new DamagedMailException("its file is gone");
            }
            throw e;
        }
    }

    private void requireHeld(SpoolStore.Lease lease) {
        if (!index.holds(lease)) {
            throw new FencedException(lease);
        }
    }

    void recipientOutcome(SpoolStore.Lease lease, FileMail mail, List<RecipientOutcome> outcomes) throws IOException {
        ReentrantLock lock = locks.of(lease.id());
        lock.lock();
        try {
            requireHeld(lease);
            outcomes.forEach(mail::set);
            if (!mail.anyPending() && !mail.anyFailed() && complete(mail)) {
                return;
            }
            long now = clock.millis();
            append(
                    mail,
                    outcomes.stream()
                            .map(one -> new StateRecord(
                                    one.delivered() ? StateRecord.Type.DONE : StateRecord.Type.FAIL,
                                    one.recipient(),
                                    now,
                                    0,
                                    0,
                                    one.text()))
                            .toList());
        } finally {
            lock.unlock();
        }
        boolean _ = index.renew(lease, SpoolStore.LEASE);
    }

    /// Appends records durably.
    void append(FileMail mail, List<StateRecord> records) throws IOException {
        try {
            reserve.write(() -> mail.append(records, true));
        } catch (SyncException e) {
            gate.syncFailed(e);
            throw e;
        }
    }

    /// Writes down, durably, that nothing is left to do; false where that failed.
    boolean complete(FileMail mail) {
        Submission submission = mail.file().header().submission();
        try {
            reserve.write(() -> memory.record(
                    LogRecord.Type.COMPLETE,
                    submission.id(),
                    Fingerprint.of(submission.dedupKey()),
                    mail.file().end().sha256()));
            return true;
        } catch (IOException e) {
            LOG.error("the end of {} cannot be written down", submission.id(), e);
            if (e instanceof SyncException) {
                gate.syncFailed(e);
            } else {
                gate.writeFailed();
            }
            return false;
        }
    }

    void giveBack(SpoolStore.Lease lease, FileMail mail, Instant next, String reason) {
        ReentrantLock lock = locks.of(lease.id());
        lock.lock();
        try {
            if (!index.holds(lease)) {
                LOG.warn("{} came back after its lease had ended", lease.id());
            } else if (mail.anyPending()) {
                defer(lease, mail, next, reason);
            } else {
                finish(lease, mail);
            }
        } finally {
            lock.unlock();
        }
    }

    private void defer(SpoolStore.Lease lease, FileMail mail, Instant next, String reason) {
        try {
            int attempts = mail.attempts() + 1;
            mail.append(
                    List.of(new StateRecord(
                            StateRecord.Type.NEXT, -1, clock.millis(), next.toEpochMilli(), attempts, reason)),
                    false);
        } catch (IOException e) {
            LOG.warn("the next attempt of {} cannot be written; a restart tries it at once", lease.id(), e);
        }
        index.giveBack(lease, next.toEpochMilli());
    }

    private void finish(SpoolStore.Lease lease, FileMail mail) {
        try {
            if (mail.anyFailed()) {
                LOG.error("{} failed for good and was moved to {}", lease.id(), folder.setAside(mail.path(), "failed"));
                failed.incrementAndGet();
                boolean _ = complete(mail);
            } else if (memory.isComplete(lease.id()) || complete(mail)) {
                boolean _ = folder.disk().delete(mail.path());
            }
        } catch (IOException e) {
            LOG.error("{} is finished and its file cannot be taken away", lease.id(), e);
        }
        index.remove(lease);
    }

    void giveBack(SpoolStore.Lease lease, Instant next) {
        index.giveBack(lease, next.toEpochMilli());
    }

    void setAside(SpoolStore.Lease lease, String reason) {
        ReentrantLock lock = locks.of(lease.id());
        lock.lock();
        try {
            requireHeld(lease);
            recovery.damaged(lease.id(), reason);
            index.remove(lease);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a mail that nobody works on, durably.
    SpoolQueue.Change delete(HandoffId id) throws IOException {
        SpoolStore.Lease lease = index.take(id, Duration.ofMinutes(1)).orElse(null);
        if (lease == null) {
            return index.contains(id) ? SpoolQueue.Change.BUSY : SpoolQueue.Change.UNKNOWN;
        }
        boolean done = false;
        try {
            FileMail mail = (FileMail) open(lease);
            if (!complete(mail)) {
                throw new IOException("that it is deleted cannot be written down");
            }
            boolean _ = folder.disk().delete(mail.path());
            index.remove(lease);
            done = true;
            LOG.warn("{} was deleted from the queue by an administrator", id);
            return SpoolQueue.Change.DONE;
        } finally {
            if (!done) {
                index.giveBack(lease, clock.millis());
            }
        }
    }
}
