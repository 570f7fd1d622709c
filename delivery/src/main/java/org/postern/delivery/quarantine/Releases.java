// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.Recipient;
import org.postern.delivery.quarantine.Quarantine.Entry;
import org.postern.delivery.quarantine.Quarantine.Release;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.Submission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts quarantined mails into the spool, each recipient once.
///
/// The id under which a mail is released follows from its own and from whom it is for, so that the spool
/// recognises a release that is repeated after a crash. One release at a time: the lock keeps two of the
/// same mail apart.
final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);

    private final Quarantine quarantine;
    private final Path folder;
    private final Intake intake;
    private final InstantSource clock;
    private final DirectorySync directories;
    private final ReentrantLock lock = new ReentrantLock();

    Releases(Quarantine quarantine, Path folder, Intake intake, InstantSource clock, DirectorySync directories) {
        this.quarantine = quarantine;
        this.folder = folder;
        this.intake = intake;
        this.clock = clock;
        this.directories = directories;
    }

    private static HandoffId all(HandoffId id) {
        return new HandoffId("release", id.transaction());
    }

    private static HandoffId one(HandoffId id, int recipient) {
        return new HandoffId("release-" + recipient, id.transaction());
    }

    Release toAll(HandoffId id, Deadline deadline) throws IOException {
        lock.lock();
        try {
            Optional<Entry> entry = quarantine.find(id);
            if (entry.isEmpty()) {
                return new Release.NotFound();
            }
            List<Recipient> missing = missing(entry.get());
            Release release =
                    missing.isEmpty() ? new Release.Before() : submit(entry.get(), missing, all(id), deadline);
            if (release instanceof Release.Released || release instanceof Release.Before) {
                boolean _ = quarantine.delete(id);
            }
            return release;
        } finally {
            lock.unlock();
        }
    }

    private List<Recipient> missing(Entry entry) throws IOException {
        Set<Integer> released = ReleasedTo.read(folder, entry.id());
        List<Recipient> missing = new ArrayList<>();
        for (int i = 0; i < entry.envelope().recipients().size(); i++) {
            if (!released.contains(i) && !intake.has(one(entry.id(), i))) {
                missing.add(entry.envelope().recipients().get(i));
            }
        }
        return missing;
    }

    Release toOne(HandoffId id, int recipient, Deadline deadline) throws IOException {
        lock.lock();
        try {
            Optional<Entry> entry = quarantine.find(id);
            if (entry.isEmpty()
                    || recipient < 0
                    || recipient >= entry.get().envelope().recipients().size()) {
                return new Release.NotFound();
            }
            // A crash may have come between a release to all and the end of its place in quarantine.
            if (ReleasedTo.read(folder, id).contains(recipient) || intake.has(all(id))) {
                return new Release.Before();
            }
            boolean before = intake.has(one(id, recipient));
            Release release = before
                    ? new Release.Before()
                    : submit(
                            entry.get(),
                            List.of(entry.get().envelope().recipients().get(recipient)),
                            one(id, recipient),
                            deadline);
            if (before || release instanceof Release.Released) {
                remember(id, recipient);
            }
            return release;
        } finally {
            lock.unlock();
        }
    }

    /// The mail is on its way: that this cannot be written down must not bring it a second time now.
    private void remember(HandoffId id, int recipient) {
        try {
            ReleasedTo.add(folder, id, recipient, directories);
        } catch (IOException e) {
            LOG.error(
                    "that {} was released to recipient {} cannot be written down: a release to all would bring it there"
                            + " again, once the spool has forgotten it (remember-ids)",
                    id,
                    recipient,
                    e);
        }
    }

    private Release submit(Entry entry, List<Recipient> recipients, HandoffId as, Deadline deadline)
            throws IOException {
        Envelope all = entry.envelope();
        Envelope envelope = new Envelope(all.reversePath(), recipients, all.parameters());
        Submission submission = new Submission(
                as,
                DedupKey.of(envelope, new byte[32]),
                envelope,
                Disposition.DELIVER,
                entry.size(),
                false,
                clock.instant());
        SpoolStore.Commit result =
                intake.<IOException>take(submission, deadline, "quarantine", put -> copy(entry.id(), put));
        LOG.info("quarantined mail {} released as {}: {}", entry.id(), as, result);
        return switch (result) {
            case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId kept) -> new Release.Released(kept);
            case SpoolStore.Commit.Refused(boolean permanent, String detail) -> new Release.Refused(detail);
            case SpoolStore.Commit.Indeterminate(String detail) -> new Release.Refused(detail);
        };
    }

    private void copy(HandoffId id, SpoolStore.Put put) throws IOException {
        try (InputStream in = quarantine.open(id)) {
            byte[] block = new byte[64 * 1024];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                put.write(block, 0, n);
            }
        }
    }
}
