// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The spool on a local file system: one self-verifying file a mail, named after its handoff.
///
/// `docs/internals/spool.md` lists every state a mail can be in on disk. An id is worked on by one thread at a
/// time ([InFlight]); a claimed mail by the holder of its lease.
public final class FileSpool implements SpoolStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileSpool.class);

    private final SpoolConfig config;
    private final InstantSource clock;
    private final DirectorySync directories;
    private final SpoolFolder folder;
    private final DedupLog log;
    private final DedupMemory memory;
    private final SpoolIndex index;
    private final IntakeGate gate;
    private final InFlight inFlight = new InFlight();
    private final AtomicLong torn = new AtomicLong();
    private final AtomicLong corrupt = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final SpoolScan scan;
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("spool-housekeeping").factory());

    private FileSpool(SpoolConfig config, InstantSource clock, DirectorySync directories, SpoolFolder folder)
            throws IOException {
        this.config = config;
        this.clock = clock;
        this.directories = directories;
        this.folder = folder;
        this.log = new DedupLog(folder.dedup(), clock, directories);
        this.memory = new DedupMemory(config.rememberIds(), config.rememberUnproven());
        this.index = new SpoolIndex(clock);
        this.gate = new IntakeGate(folder::usableSpace, config.freeSpaceMin().bytes(), System::nanoTime);
        torn.set(folder.count("torn"));
        corrupt.set(folder.count("corrupt"));
        failed.set(folder.count("failed"));
        log.replay(memory::learn);
        this.scan = new SpoolScan(folder, this::found);
    }

    /// Opens the spool. What was left from before is found in the background.
    ///
    /// @throws org.postern.core.config.ConfigException where the folder cannot be used, with what to do
    public static FileSpool open(SpoolConfig config, InstantSource clock) {
        DirectorySync directories = new DirectorySync(config.syncThreads());
        try {
            SpoolFolder folder = SpoolFolder.open(config.folder(), directories);
            try {
                FileSpool spool = new FileSpool(config, clock, directories, folder);
                spool.scan.start(spool::scanned);
                spool.startHousekeeping();
                return spool;
            } catch (IOException e) {
                folder.close();
                throw new UncheckedIOException("the spool " + config.folder() + " cannot be read", e);
            }
        } catch (IOException | RuntimeException e) {
            directories.close();
            throw e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        }
    }

    /// A folder for temporary files on the spool's disk; emptied at start.
    public Path tempFolder() {
        return folder.temp();
    }

    /// Forgets what needs no remembering any more.
    private void expire() {
        Instant now = clock.instant();
        memory.expire(now);
        try {
            Duration longest = config.rememberIds().compareTo(config.rememberUnproven()) > 0
                    ? config.rememberIds()
                    : config.rememberUnproven();
            log.deleteBefore(now.minus(longest));
        } catch (IOException e) {
            LOG.warn("old files in {} cannot be deleted", folder.dedup(), e);
        }
    }

    private void scanned() {
        memory.allFound();
        expire();
    }

    private void startHousekeeping() {
        var _ = housekeeping.scheduleWithFixedDelay(this::expire, 10, 10, TimeUnit.MINUTES);
    }

    @Override
    public SpoolHealth health() {
        return gate.health();
    }

    @Override
    public Begin begin(Submission submission, Deadline deadline) {
        Optional<Begin.Refused> refusal = refusal(submission);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!inFlight.take(submission.id(), deadline)) {
            return new Begin.Refused(false, "the same handoff is still running");
        }
        boolean opened = false;
        try {
            Begin begun = beginAlone(submission, deadline);
            opened = begun instanceof Begin.Open;
            return begun;
        } catch (IOException e) {
            gate.writeFailed();
            LOG.error("a spool file cannot be made for {}", submission.id(), e);
            return new Begin.Refused(false, "a spool file cannot be made: " + e);
        } finally {
            if (!opened) {
                inFlight.release(submission.id());
            }
        }
    }

    private Optional<Begin.Refused> refusal(Submission submission) {
        SpoolHealth health = gate.health();
        if (!health.ok()) {
            return Optional.of(new Begin.Refused(false, health.detail()));
        }
        if (submission.bodyLength() > config.messageMax().bytes()) {
            return Optional.of(new Begin.Refused(
                    true, "a mail of " + submission.bodyLength() + " octets is larger than " + config.messageMax()));
        }
        if (!gate.hasRoomFor(submission.bodyLength())) {
            return Optional.of(new Begin.Refused(false, "too little room for " + submission.bodyLength() + " octets"));
        }
        if (index.size() >= config.mailsMax()) {
            return Optional.of(new Begin.Refused(false, "the spool holds its maximum of mails"));
        }
        return Optional.empty();
    }

    /// Runs as the only one that works on this id.
    private Begin beginAlone(Submission submission, Deadline deadline) throws IOException {
        HandoffId id = submission.id();
        Optional<DedupMemory.Finished> finished = memory.finished(id);
        if (finished.isPresent()) {
            return finished.get().type() == LogRecord.Type.ABORTED
                    ? new Begin.Refused(false, "the front has aborted this handoff")
                    : new Begin.Open(new KnownPut(id, id, finished.get().sha256(), () -> inFlight.release(id)));
        }
        Optional<SpoolFile> known = existing(id);
        if (known.isPresent()) {
            byte[] sha256 = known.get().end().sha256();
            return new Begin.Open(new KnownPut(id, id, sha256, () -> inFlight.release(id)));
        }
        if (!submission.provable() || config.rememberUnproven().isZero()) {
            return new Begin.Open(new FilePut(this, submission, () -> inFlight.release(id)));
        }
        Fingerprint print = Fingerprint.of(submission.dedupKey());
        if (!inFlight.take(print, deadline)) {
            return new Begin.Refused(false, "the same mail is still being handed over");
        }
        Runnable release = () -> {
            inFlight.release(print);
            inFlight.release(id);
        };
        boolean opened = false;
        try {
            Optional<HandoffId> same = unproven(print);
            Put put = same.isPresent()
                    ? new KnownPut(id, same.get(), LogRecord.noHash(), () -> {
                        remember(LogRecord.Type.SAME_AS, id, print, LogRecord.noHash());
                        release.run();
                    })
                    : new FilePut(this, submission, release);
            opened = true;
            return new Begin.Open(put);
        } finally {
            if (!opened) {
                inFlight.release(print);
            }
        }
    }

    /// The mail of this key that is here or was delivered, and whose sender may not know.
    private Optional<HandoffId> unproven(Fingerprint print) throws IOException {
        Optional<DedupMemory.Unproven> entry = memory.unproven(print);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        HandoffId id = entry.get().id();
        return entry.get().delivered() || existing(id).isPresent() ? Optional.of(id) : Optional.empty();
    }

    /// The file of this id, if there is a valid one; one that does not prove itself is set aside.
    private Optional<SpoolFile> existing(HandoffId id) throws IOException {
        Path path = folder.mailFile(id);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return load(path);
    }

    /// Called by the scan for each file it finds.
    private void found(Path path) {
        HandoffId id;
        try {
            id = HandoffId.parse(path.getFileName().toString());
        } catch (IllegalArgumentException e) {
            setAside(path, "corrupt", corrupt, "its name is not a handoff id");
            return;
        }
        if (!inFlight.tryTake(id)) {
            return;
        }
        try {
            if (!index.contains(id)) {
                load(path);
            }
        } catch (IOException e) {
            LOG.error("{} cannot be read; it stays where it is until the next start", path, e);
        } finally {
            inFlight.release(id);
        }
    }

    /// Reads a file left from before and makes it known.
    private Optional<SpoolFile> load(Path path) throws IOException {
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new DamagedMailException("it is not a regular file");
            }
            SpoolFile file = SpoolFile.read(path.toFile());
            Submission submission = file.header().submission();
            if (!path.equals(folder.mailFile(submission.id()))) {
                throw new DamagedMailException("it holds the mail " + submission.id());
            }
            if (isComplete(submission.id())) {
                Files.delete(path);
                return Optional.empty();
            }
            if (index.add(submission.id(), file.nextMillis(), false)
                    && submission.provable()
                    && !memory.inLog(submission.id())) {
                // A power cut took the line that was not synced.
                remember(
                        LogRecord.Type.ACCEPTED,
                        submission.id(),
                        Fingerprint.of(submission.dedupKey()),
                        LogRecord.noHash());
            }
            return Optional.of(file);
        } catch (SpoolFile.TornException e) {
            setAside(path, "torn", torn, e.getMessage());
            return Optional.empty();
        } catch (DamagedMailException e) {
            setAside(path, "corrupt", corrupt, e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isComplete(HandoffId id) {
        return memory.finished(id)
                .map(one -> one.type() == LogRecord.Type.COMPLETE)
                .orElse(false);
    }

    private void setAside(Path path, String where, AtomicLong counter, @org.jspecify.annotations.Nullable String why) {
        counter.incrementAndGet();
        try {
            LOG.error("{} was moved to {}: {}", path, folder.setAside(path, where), why);
        } catch (IOException e) {
            LOG.error("{} is {} ({}) and cannot be moved away", path, where, why, e);
        }
    }

    // ---- used by FilePut

    Path mailFile(HandoffId id) {
        return folder.mailFile(id);
    }

    DirectorySync directories() {
        return directories;
    }

    IntakeGate gate() {
        return gate;
    }

    /// Makes a durable mail known.
    void accepted(Submission submission) {
        if (submission.provable() && !config.rememberUnproven().isZero()) {
            // Not synced: after a power cut the scan learns the key from the file again.
            remember(
                    LogRecord.Type.ACCEPTED,
                    submission.id(),
                    Fingerprint.of(submission.dedupKey()),
                    LogRecord.noHash());
        }
        index.add(submission.id(), clock.millis(), true);
    }

    private void remember(LogRecord.Type type, HandoffId id, Fingerprint print, byte[] sha256) {
        memory.learn(new LogRecord(type, clock.millis(), id, print, sha256));
        try {
            log.append(type, id, print, sha256, false);
        } catch (IOException e) {
            LOG.error("{} of {} cannot be written to {}", type, id, folder.dedup(), e);
        }
    }

    // ---- questions and orders of fronts

    @Override
    public Status status(HandoffId id) {
        if (inFlight.isTaken(id)) {
            return Status.IN_PROGRESS;
        }
        Optional<DedupMemory.Finished> finished = memory.finished(id);
        if (finished.isPresent()) {
            return finished.get().type() == LogRecord.Type.ABORTED ? Status.ABORTED : Status.ACCEPTED;
        }
        if (index.contains(id) || Files.exists(folder.mailFile(id), LinkOption.NOFOLLOW_LINKS)) {
            return Status.ACCEPTED;
        }
        return Status.UNKNOWN;
    }

    @Override
    public Status abort(HandoffId id) throws IOException {
        if (!inFlight.tryTake(id)) {
            return Status.IN_PROGRESS;
        }
        try {
            Optional<DedupMemory.Finished> finished = memory.finished(id);
            if (finished.isPresent()) {
                return finished.get().type() == LogRecord.Type.ABORTED ? Status.ABORTED : Status.ACCEPTED;
            }
            if (existing(id).isPresent()) {
                return Status.ACCEPTED;
            }
            log.append(LogRecord.Type.ABORTED, id, LogRecord.NO_FINGERPRINT, LogRecord.noHash(), true);
            memory.learn(new LogRecord(
                    LogRecord.Type.ABORTED, clock.millis(), id, LogRecord.NO_FINGERPRINT, LogRecord.noHash()));
            return Status.ABORTED;
        } finally {
            inFlight.release(id);
        }
    }

    @Override
    public void proven(Collection<HandoffId> ids) {
        for (HandoffId id : ids) {
            if (memory.awaitsProof(id)) {
                remember(LogRecord.Type.PROVEN, id, LogRecord.NO_FINGERPRINT, LogRecord.noHash());
            }
        }
    }

    // ---- delivery

    @Override
    public List<Lease> claim(int max, Duration wait) throws InterruptedException {
        return index.claim(max, wait);
    }

    @Override
    public StoredMail open(Lease lease) throws IOException {
        if (!index.holds(lease)) {
            throw new IllegalStateException("the lease of " + lease.id() + " has ended");
        }
        Path path = folder.mailFile(lease.id());
        try {
            return new FileMail(path);
        } catch (SpoolFile.TornException e) {
            throw new DamagedMailException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new DamagedMailException("its file is gone");
            }
            throw e;
        }
    }

    @Override
    public void recipientOutcome(Lease lease, StoredMail mail, List<RecipientOutcome> outcomes) throws IOException {
        if (!index.holds(lease)) {
            throw new IllegalStateException("the lease of " + lease.id() + " has ended");
        }
        FileMail file = (FileMail) mail;
        outcomes.forEach(file::set);
        if (!file.anyPending() && !file.anyFailed() && complete(file)) {
            return;
        }
        long now = clock.millis();
        List<StateRecord> records = outcomes.stream()
                .map(one -> new StateRecord(
                        one.delivered() ? StateRecord.Type.DONE : StateRecord.Type.FAIL,
                        one.recipient(),
                        now,
                        0,
                        0,
                        one.text()))
                .toList();
        try {
            file.append(records, true);
        } catch (SyncException e) {
            gate.syncFailed(e);
            throw e;
        }
    }

    /// Writes down, durably, that nothing is left to do; false where that failed.
    private boolean complete(FileMail file) {
        Submission submission = file.file().header().submission();
        Fingerprint print = Fingerprint.of(submission.dedupKey());
        byte[] sha256 = file.file().end().sha256();
        try {
            log.append(LogRecord.Type.COMPLETE, submission.id(), print, sha256, true);
            memory.learn(new LogRecord(LogRecord.Type.COMPLETE, clock.millis(), submission.id(), print, sha256));
            return true;
        } catch (IOException e) {
            LOG.error("{} was delivered, and {} cannot be written", submission.id(), folder.dedup(), e);
            if (e instanceof SyncException) {
                gate.syncFailed(e);
            } else {
                gate.writeFailed();
            }
            return false;
        }
    }

    @Override
    public void giveBack(Lease lease, StoredMail mail, Instant next, String reason) {
        FileMail file = (FileMail) mail;
        if (file.anyPending()) {
            try {
                int attempts = file.attempts() + 1;
                file.append(
                        List.of(new StateRecord(
                                StateRecord.Type.NEXT, -1, clock.millis(), next.toEpochMilli(), attempts, reason)),
                        false);
            } catch (IOException e) {
                LOG.warn("the next attempt of {} cannot be written; a restart tries it at once", lease.id(), e);
            }
            index.giveBack(lease, next.toEpochMilli());
            return;
        }
        try {
            if (file.anyFailed()) {
                LOG.error("{} failed for good and was moved to {}", lease.id(), folder.setAside(file.path(), "failed"));
                failed.incrementAndGet();
                complete(file);
            } else if (isComplete(lease.id()) || complete(file)) {
                Files.deleteIfExists(file.path());
            }
        } catch (IOException e) {
            LOG.error("{} is finished and its file cannot be taken away", lease.id(), e);
        }
        index.remove(lease);
    }

    @Override
    public void giveBack(Lease lease, Instant next) {
        index.giveBack(lease, next.toEpochMilli());
    }

    @Override
    public void setAside(Lease lease, String reason) {
        setAside(folder.mailFile(lease.id()), "corrupt", corrupt, reason);
        memory.forget(lease.id());
        index.remove(lease);
    }

    @Override
    public Stats stats() {
        return new Stats(index.size(), torn.get(), corrupt.get(), failed.get(), scan.ended());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            gate.close();
            index.close();
            scan.close();
            housekeeping.shutdownNow();
            try {
                log.close();
            } catch (IOException e) {
                LOG.error("{} cannot be closed", folder.dedup(), e);
            }
            directories.close();
            try {
                folder.close();
            } catch (IOException e) {
                LOG.error("the lock of {} cannot be given up", folder.root(), e);
            }
        }
    }
}
