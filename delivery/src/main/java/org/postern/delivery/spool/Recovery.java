// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the files of a former process known, and moves aside what does not prove itself.
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final SpoolFolder folder;
    private final SpoolIndex index;
    private final HandoffMemory memory;
    private final InFlight inFlight;
    private final MailLocks locks;
    private final AtomicLong torn = new AtomicLong();
    private final AtomicLong corrupt = new AtomicLong();

    Recovery(SpoolFolder folder, SpoolIndex index, HandoffMemory memory, InFlight inFlight, MailLocks locks)
            throws IOException {
        this.folder = folder;
        this.index = index;
        this.memory = memory;
        this.inFlight = inFlight;
        this.locks = locks;
        torn.set(folder.count("torn"));
        corrupt.set(folder.count("corrupt"));
    }

    long torn() {
        return torn.get();
    }

    long corrupt() {
        return corrupt.get();
    }

    /// Called by the scan for each file it finds.
    void found(Path path) {
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
                load(id, path);
            }
        } catch (IOException | RuntimeException e) {
            if (folder.disk().exists(path)) {
                LOG.error("{} cannot be read; it stays where it is until the next start", path, e);
            }
        } finally {
            inFlight.release(id);
        }
    }

    /// The file of this id, if there is a valid one; one that does not prove itself is set aside.
    Optional<SpoolFile> existing(HandoffId id) throws IOException {
        Path path = folder.mailFile(id);
        return folder.disk().exists(path) ? load(id, path) : Optional.empty();
    }

    /// Reads a file left from before and makes it known.
    private Optional<SpoolFile> load(HandoffId id, Path path) throws IOException {
        try {
            if (!folder.disk().isFile(path)) {
                throw new DamagedMailException("it is not a regular file");
            }
            SpoolFile file = SpoolFile.read(folder.disk(), path, locks.of(id));
            Submission submission = file.header().submission();
            if (!path.equals(folder.mailFile(submission.id()))) {
                throw new DamagedMailException("it holds the mail " + submission.id());
            }
            if (memory.isComplete(submission.id())) {
                boolean _ = folder.disk().delete(path);
                return Optional.empty();
            }
            if (index.add(submission.id(), submission.bodyLength(), file.nextMillis(), false, file.held())
                    && !memory.known().inLog(submission.id())) {
                // A power cut took the line that was not synced.
                memory.accepted(submission);
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

    /// Moves a mail away that turned out to be damaged.
    void damaged(HandoffId id, String why) {
        setAside(folder.mailFile(id), "corrupt", corrupt, why);
        memory.known().forget(id);
    }

    private void setAside(Path path, String where, AtomicLong counter, @Nullable String why) {
        counter.incrementAndGet();
        try {
            LOG.error("{} was moved to {}: {}; see postern spool salvage", path, folder.setAside(path, where), why);
        } catch (IOException e) {
            LOG.error("{} is {} ({}) and cannot be moved away", path, where, why, e);
        }
    }
}
