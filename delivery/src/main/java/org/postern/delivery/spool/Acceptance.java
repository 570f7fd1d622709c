// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides about each mail that asks to be kept. An id is worked on by one thread at a time ([InFlight]).
final class Acceptance {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptance.class);

    private final SpoolConfig config;
    private final InstantSource clock;
    private final SpoolFolder folder;
    private final DirectorySync directories;
    private final SpoolIndex index;
    private final IntakeGate gate;
    private final HandoffMemory memory;
    private final Recovery recovery;
    private final InFlight inFlight;

    Acceptance(
            SpoolConfig config,
            InstantSource clock,
            SpoolFolder folder,
            DirectorySync directories,
            SpoolIndex index,
            IntakeGate gate,
            HandoffMemory memory,
            Recovery recovery,
            InFlight inFlight) {
        this.config = config;
        this.clock = clock;
        this.folder = folder;
        this.directories = directories;
        this.index = index;
        this.gate = gate;
        this.memory = memory;
        this.recovery = recovery;
        this.inFlight = inFlight;
    }

    SpoolStore.Begin begin(Submission submission, Deadline deadline) {
        Optional<SpoolStore.Begin.Refused> refusal = refusal(submission);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!inFlight.take(submission.id(), deadline)) {
            return new SpoolStore.Begin.Refused(false, "the same handoff is still running");
        }
        boolean opened = false;
        try {
            SpoolStore.Begin begun = beginAlone(submission, deadline);
            opened = begun instanceof SpoolStore.Begin.Open;
            return begun;
        } catch (IOException e) {
            gate.writeFailed();
            LOG.error("a spool file cannot be made for {}", submission.id(), e);
            return new SpoolStore.Begin.Refused(false, "a spool file cannot be made: " + e);
        } finally {
            if (!opened) {
                inFlight.release(submission.id());
            }
        }
    }

    private Optional<SpoolStore.Begin.Refused> refusal(Submission submission) {
        SpoolHealth health = gate.health();
        if (!health.ok()) {
            return Optional.of(new SpoolStore.Begin.Refused(false, health.detail()));
        }
        if (submission.bodyLength() > config.messageMax().bytes()) {
            return Optional.of(new SpoolStore.Begin.Refused(
                    true, "a mail of " + submission.bodyLength() + " octets is larger than " + config.messageMax()));
        }
        if (!gate.hasRoomFor(submission.bodyLength())) {
            return Optional.of(
                    new SpoolStore.Begin.Refused(false, "too little room for " + submission.bodyLength() + " octets"));
        }
        if (index.size() >= config.mailsMax()) {
            return Optional.of(new SpoolStore.Begin.Refused(false, "the spool holds its maximum of mails"));
        }
        return Optional.empty();
    }

    /// Runs as the only one that works on this id.
    private SpoolStore.Begin beginAlone(Submission submission, Deadline deadline) throws IOException {
        HandoffId id = submission.id();
        // A delivery may end at this moment. It writes down that it has, then takes the file away, then
        // leaves the index (a mail that failed leaves its folder first): asked in this order nothing is
        // missed.
        Optional<SpoolFile> known = recovery.existing(id);
        if (known.isPresent()) {
            return known(id, id, known.get().end().sha256(), () -> inFlight.release(id));
        }
        boolean ending = index.contains(id);
        Optional<DedupMemory.Finished> finished = memory.known().finished(id);
        if (finished.isPresent()) {
            return finished.get().type() == LogRecord.Type.ABORTED
                    ? new SpoolStore.Begin.Refused(false, "the front has aborted this handoff")
                    : known(id, id, finished.get().sha256(), () -> inFlight.release(id));
        }
        if (ending) {
            return new SpoolStore.Begin.Refused(false, "the mail of this id is just being finished");
        }
        if (!memory.hasRoom()) {
            return new SpoolStore.Begin.Refused(false, "the memory of handoffs is full");
        }
        if (!memory.recognises(submission)) {
            return fresh(submission, () -> inFlight.release(id));
        }
        Fingerprint print = Fingerprint.of(submission.dedupKey());
        if (!inFlight.take(print, deadline)) {
            return new SpoolStore.Begin.Refused(false, "the same mail is still being handed over");
        }
        Runnable release = () -> {
            inFlight.release(print);
            inFlight.release(id);
        };
        boolean opened = false;
        try {
            Optional<HandoffId> same = unproven(print);
            SpoolStore.Begin begun = same.isPresent()
                    ? known(id, same.get(), LogRecord.noHash(), () -> {
                        memory.note(LogRecord.Type.SAME_AS, id, print, LogRecord.noHash());
                        release.run();
                    })
                    : fresh(submission, release);
            opened = true;
            return begun;
        } finally {
            if (!opened) {
                inFlight.release(print);
            }
        }
    }

    private static SpoolStore.Begin known(HandoffId id, HandoffId keptAs, byte[] sha256, Runnable release) {
        return new SpoolStore.Begin.Open(new KnownPut(id, keptAs, sha256, release));
    }

    private SpoolStore.Begin fresh(Submission submission, Runnable release) throws IOException {
        return new SpoolStore.Begin.Open(
                new FilePut(folder, directories, gate, submission, () -> accepted(submission), release));
    }

    /// Makes a durable mail known.
    private void accepted(Submission submission) {
        memory.accepted(submission);
        index.add(submission.id(), submission.bodyLength(), clock.millis(), true, false);
    }

    /// The mail of this key that is here or was delivered, and whose sender may not know.
    private Optional<HandoffId> unproven(Fingerprint print) throws IOException {
        Optional<DedupMemory.Unproven> entry = memory.known().unproven(print);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        HandoffId id = entry.get().id();
        if (entry.get().delivered() || recovery.existing(id).isPresent() || index.contains(id)) {
            return Optional.of(id);
        }
        // Its delivery may have ended since it was asked for.
        return memory.known()
                .unproven(print)
                .filter(DedupMemory.Unproven::delivered)
                .map(DedupMemory.Unproven::id);
    }

    SpoolStore.Status status(HandoffId id) {
        if (inFlight.isTaken(id)) {
            return SpoolStore.Status.IN_PROGRESS;
        }
        // In this order, as above.
        boolean here = index.contains(id) || folder.disk().exists(folder.mailFile(id));
        Optional<DedupMemory.Finished> finished = memory.known().finished(id);
        if (finished.isPresent()) {
            return finishedAs(finished.get());
        }
        return here ? SpoolStore.Status.ACCEPTED : SpoolStore.Status.UNKNOWN;
    }

    private static SpoolStore.Status finishedAs(DedupMemory.Finished finished) {
        return finished.type() == LogRecord.Type.ABORTED ? SpoolStore.Status.ABORTED : SpoolStore.Status.ACCEPTED;
    }

    SpoolStore.Status abort(HandoffId id) throws IOException {
        if (!inFlight.tryTake(id)) {
            return SpoolStore.Status.IN_PROGRESS;
        }
        try {
            if (recovery.existing(id).isPresent()) {
                return SpoolStore.Status.ACCEPTED;
            }
            boolean ending = index.contains(id);
            Optional<DedupMemory.Finished> finished = memory.known().finished(id);
            if (finished.isPresent()) {
                return finishedAs(finished.get());
            }
            if (ending) {
                return SpoolStore.Status.IN_PROGRESS;
            }
            if (!memory.hasRoom()) {
                // The front asks again.
                return SpoolStore.Status.IN_PROGRESS;
            }
            memory.record(LogRecord.Type.ABORTED, id, LogRecord.NO_FINGERPRINT, LogRecord.noHash());
            return SpoolStore.Status.ABORTED;
        } finally {
            inFlight.release(id);
        }
    }
}
