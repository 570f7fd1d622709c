// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolHealth;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.Submission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store in the same process. Closing it does nothing: the store is closed by whoever started it.
///
/// Proofs come from threads that must not wait for a disk. They are noted by another one soon after, and
/// before the next mail is taken in at the latest, so that a second copy that is meant is never taken for
/// the first.
public final class LocalMailStore implements MailStore {
    private static final Logger LOG = LoggerFactory.getLogger(LocalMailStore.class);

    /// A disk that hangs for so many mails has other troubles than proofs that are lost.
    private static final int PROOFS_MAX = 10_000;

    private final SpoolStore spool;
    private final Intake intake;
    private final InstantSource clock;
    private final BlockingQueue<HandoffId> proofs = new ArrayBlockingQueue<>(PROOFS_MAX);
    private final AtomicBoolean noting = new AtomicBoolean();
    private final ReentrantLock oneNotes = new ReentrantLock();

    public LocalMailStore(SpoolStore spool, Intake intake, InstantSource clock) {
        this.spool = spool;
        this.intake = intake;
        this.clock = clock;
    }

    @Override
    public HandoffResult handOver(Handoff handoff, Deadline deadline) {
        if (!noteProofs(deadline)) {
            return new HandoffResult.Refused(false, "the disk does not answer in time");
        }
        Submission submission = new Submission(
                handoff.id(),
                handoff.dedupKey(),
                handoff.envelope(),
                handoff.disposition(),
                handoff.content().size(),
                true,
                clock.instant());
        try {
            return switch (intake.take(submission, deadline, "local", Intake.octetsOf(handoff.content()))) {
                case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId kept) ->
                    new HandoffResult.Accepted(kept.toString(), duplicate);
                case SpoolStore.Commit.Refused(boolean permanent, String detail) ->
                    new HandoffResult.Refused(permanent, detail);
                case SpoolStore.Commit.Indeterminate(String detail) -> new HandoffResult.Indeterminate(detail);
            };
        } catch (IOException e) {
            return new HandoffResult.Refused(false, "the message cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void proven(HandoffId id) {
        if (!proofs.offer(id)) {
            LOG.warn("the proof of {} is lost: {} wait for the disk already", id, PROOFS_MAX);
        } else if (noting.compareAndSet(false, true)) {
            Thread.ofVirtual().name("proofs").start(() -> {
                oneNotes.lock();
                // From here on what comes may miss this round: it gets the next one.
                noting.set(false);
                noteAndUnlock();
            });
        }
    }

    /// Returns when all proofs given so far are noted.
    public void noteProofs() {
        oneNotes.lock();
        noteAndUnlock();
    }

    /// As above; false where the disk does not let go of earlier ones before the deadline.
    private boolean noteProofs(Deadline deadline) {
        try {
            if (!oneNotes.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        noteAndUnlock();
        return true;
    }

    private void noteAndUnlock() {
        try {
            List<HandoffId> ids = new ArrayList<>();
            proofs.drainTo(ids);
            spool.proven(ids);
        } finally {
            oneNotes.unlock();
        }
    }

    @Override
    public Availability availability() {
        SpoolHealth health = spool.health();
        return new Availability(health.ok(), health.ok() ? "the store in this process" : health.detail());
    }

    @Override
    public void close() {}
}
