// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.TransactionId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The spool on a local file system: one self-verifying file a mail, named after its handoff.
///
/// `docs/internals/spool.md` lists every state a mail can be in on disk. Mail comes in through
/// [Acceptance], is found again by [Recovery], worked on through [Leases], and looked at through
/// [QueueView].
public final class FileSpool implements SpoolStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileSpool.class);

    private static final Duration SILENCE_MAX = Duration.ofHours(1);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);

    private final DirectorySync directories;
    private final SpoolFolder folder;
    private final HandoffMemory memory;
    private final SpoolIndex index;
    private final IntakeGate gate;
    private final Reserve reserve;
    private final Recovery recovery;
    private final Acceptance acceptance;
    private final Leases leases;
    private final QueueView view;
    private final SpoolScan scan;
    private final Pause pause;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("spool-housekeeping").factory());

    private FileSpool(SpoolConfig config, InstantSource clock, DirectorySync directories, SpoolFolder folder)
            throws IOException {
        this.directories = directories;
        this.folder = folder;
        this.memory = new HandoffMemory(config, clock, new DedupLog(folder.disk(), folder.dedup(), clock, directories));
        this.index = new SpoolIndex(clock);
        this.gate =
                new IntakeGate(folder.space(), config.freeSpaceMin().bytes(), config.freeFilesMin(), System::nanoTime);
        this.reserve = new Reserve(
                folder.disk(),
                folder.root(),
                config.reserve().bytes(),
                config.freeSpaceMin().bytes());
        InFlight inFlight = new InFlight();
        MailLocks locks = new MailLocks();
        this.recovery = new Recovery(folder, index, memory, inFlight, locks);
        this.acceptance = new Acceptance(config, clock, folder, directories, index, gate, memory, recovery, inFlight);
        OutcomeRecords records = new OutcomeRecords(clock, gate, reserve, memory);
        this.leases = new Leases(clock, folder, index, records, memory, recovery, locks);
        this.view = new QueueView(clock, folder, index, records, locks);
        this.scan = new SpoolScan(folder, recovery::found);
        this.pause = new Pause(folder, directories, index);
    }

    /// Opens the spool. What was left from before is found in the background.
    ///
    /// @throws org.postern.core.config.ConfigException where the folder cannot be used, with what to do
    public static FileSpool open(SpoolConfig config, InstantSource clock) {
        return open(config, clock, new RealDisk());
    }

    /// As above, on another disk.
    static FileSpool open(SpoolConfig config, InstantSource clock, Disk disk) {
        DirectorySync directories = new DirectorySync(config.syncThreads(), disk::syncFolder);
        try {
            SpoolFolder folder = SpoolFolder.open(config.folder(), disk, directories);
            try {
                FileSpool spool = new FileSpool(config, clock, directories, folder);
                spool.tellOfASnapshot();
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

    /// A spool that was restored from yesterday looks like one whose machine was off since: only people can tell.
    private void tellOfASnapshot() throws IOException {
        Duration silence = memory.silence();
        long mails = silence.compareTo(SILENCE_MAX) > 0 ? folder.mails() : 0;
        if (mails > 0) {
            LOG.warn(
                    "{} holds {} mails and was not used for {}. Should it be restored from a copy: what was delivered"
                            + " since the copy was made is delivered again. store.delivery.start-paused keeps it back",
                    folder.root(),
                    mails,
                    silence.truncatedTo(ChronoUnit.MINUTES));
        }
    }

    /// A folder for temporary files on the spool's disk; emptied at start.
    public Path tempFolder() {
        return folder.temp();
    }

    /// Lets no delivery begin in this process until [#resume].
    public void startPaused() {
        pause.beginHere();
    }

    private void scanned() {
        memory.known().allFound();
        LOG.info(
                "all {} mails from before the start are in the queue",
                index.totals().mails());
        housekeeping.execute(this::tidy);
    }

    /// Forgets what needs no remembering, and makes the log of it short. Only the thread for housekeeping
    /// does it: two at once would write the same file.
    private void tidy() {
        try {
            memory.expire();
            memory.compact(index::contains);
        } catch (RuntimeException e) {
            LOG.error("the memory of handoffs cannot be tidied up", e);
        }
    }

    private void startHousekeeping() {
        var _ = housekeeping.scheduleWithFixedDelay(reserve::take, 2, 10, TimeUnit.SECONDS);
        var _ = housekeeping.scheduleWithFixedDelay(this::tidy, 10, 10, TimeUnit.MINUTES);
    }

    @Override
    public SpoolHealth health() {
        SpoolHealth disk = gate.health();
        return disk.ok() && !memory.hasRoom()
                ? new SpoolHealth(SpoolHealth.State.FULL, "the memory of handoffs is full")
                : disk;
    }

    @Override
    public Begin begin(Submission submission, Deadline deadline) {
        return acceptance.begin(submission, deadline);
    }

    @Override
    public Status status(HandoffId id) {
        return acceptance.status(id);
    }

    @Override
    public Status abort(HandoffId id) throws IOException {
        return acceptance.abort(id);
    }

    @Override
    public void proven(Collection<HandoffId> ids) {
        for (HandoffId id : ids) {
            if (memory.known().awaitsProof(id)) {
                memory.note(LogRecord.Type.PROVEN, id, LogRecord.NO_FINGERPRINT, LogRecord.noHash());
            }
        }
    }

    // ---- delivery

    @Override
    public List<Lease> claim(int max, Duration wait, Duration lease) throws InterruptedException {
        return index.claim(max, wait, lease);
    }

    @Override
    public void renew(Lease lease, Duration more) {
        if (!index.renew(lease, more)) {
            throw new FencedException(lease);
        }
    }

    @Override
    public StoredMail open(Lease lease) throws IOException {
        return leases.open(lease);
    }

    @Override
    public void recipientOutcome(Lease lease, StoredMail mail, List<RecipientOutcome> outcomes) throws IOException {
        leases.recipientOutcome(lease, (FileMail) mail, outcomes);
    }

    @Override
    public void giveBack(Lease lease, StoredMail mail, Instant next, String reason) {
        leases.giveBack(lease, (FileMail) mail, next, reason);
    }

    @Override
    public void giveBack(Lease lease, Instant next) {
        leases.giveBack(lease, next);
    }

    @Override
    public void setAside(Lease lease, String reason) {
        leases.setAside(lease, reason);
    }

    @Override
    public Stats stats() {
        return new Stats(index.size(), recovery.torn(), recovery.corrupt(), leases.failed(), scan.ended());
    }

    @Override
    public Remembered remembered() {
        return memory.known().remembered();
    }

    // ---- administration

    @Override
    public List<Entry> list(QueueQuery query) throws IOException {
        return view.list(query);
    }

    @Override
    public List<HandoffId> named(TransactionId transaction) {
        return index.named(transaction);
    }

    @Override
    public Change hold(HandoffId id) throws IOException {
        return view.hold(id, true);
    }

    @Override
    public Change release(HandoffId id) throws IOException {
        return view.hold(id, false);
    }

    @Override
    public Change delete(HandoffId id) throws IOException {
        return leases.delete(id);
    }

    @Override
    public int retryNow(QueueQuery query) throws IOException {
        return view.retryNow(query);
    }

    @Override
    public void pause() throws IOException {
        pause.begin();
    }

    @Override
    public void resume() throws IOException {
        pause.end();
    }

    @Override
    public boolean paused() {
        return index.paused();
    }

    @Override
    public Totals totals() {
        return index.totals();
    }

    /// Before the folder is given up: another store may begin its own at once.
    private void stopHousekeeping() {
        housekeeping.shutdownNow();
        try {
            if (!housekeeping.awaitTermination(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error("the housekeeping of {} did not end within {}", folder.root(), STOP_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            gate.close();
            index.close();
            scan.close();
            stopHousekeeping();
            try {
                memory.close();
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
