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

/// The delivery's side of the spool: a claimed mail is worked on by the holder of its lease, and what
/// became of it is recorded only while that lease counts.
final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final Duration UNWRITTEN_AGAIN = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final SpoolFolder folder;
    private final SpoolIndex index;
    private final OutcomeRecords records;
    private final HandoffMemory memory;
    private final Recovery recovery;
    private final MailLocks locks;
    private final AtomicLong failed = new AtomicLong();

    Leases(
            InstantSource clock,
            SpoolFolder folder,
            SpoolIndex index,
            OutcomeRecords records,
            HandoffMemory memory,
            Recovery recovery,
            MailLocks locks)
            throws IOException {
        this.clock = clock;
        this.folder = folder;
        this.index = index;
        this.records = records;
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
            FileMail mail =
                    new FileMail(folder.disk(), path, SpoolFile.read(folder.disk(), path, locks.of(lease.id())));
            records.unwritten(lease.id()).forEach(mail::set);
            if (memory.isComplete(lease.id())) {
                // The last outcome is a line in the memory of handoffs, not in the file.
                mail.setAllDone();
            }
            return mail;
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
            if (!mail.anyPending() && !mail.anyFailed() && records.complete(mail)) {
                return;
            }
            records.write(mail, outcomes);
        } finally {
            lock.unlock();
        }
        boolean _ = index.renew(lease, SpoolStore.LEASE);
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
                boolean _ = records.complete(mail);
            } else if (memory.isComplete(lease.id()) || records.complete(mail)) {
                boolean _ = folder.disk().delete(mail.path());
            } else if (!records.unwritten(lease.id()).isEmpty()) {
                // Neither here nor there: as long as this process knows, nobody gets it again.
                index.giveBack(lease, clock.instant().plus(UNWRITTEN_AGAIN).toEpochMilli());
                return;
            }
        } catch (IOException e) {
            LOG.error("{} is finished and its file cannot be taken away", lease.id(), e);
        }
        forget(lease);
    }

    private void forget(SpoolStore.Lease lease) {
        records.forget(lease.id());
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
            forget(lease);
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
            if (!records.complete(mail)) {
                throw new IOException("that it is deleted cannot be written down");
            }
            boolean _ = folder.disk().delete(mail.path());
            forget(lease);
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
