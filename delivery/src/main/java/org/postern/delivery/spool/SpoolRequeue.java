// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.Recipient;

/// Puts mails that were set aside back into the queue, as new mails: the old ids are remembered as finished. Holds the
/// spool's lock, for a running store would not see what is put there.
///
/// The new id follows from the old one, so that a requeue repeated after a crash makes no second copy.
public final class SpoolRequeue implements AutoCloseable {
    private static final Pattern AGAIN = Pattern.compile("requeue(?:-([0-9]{1,9}))?");

    private final SpoolTool tool;
    private final Path root;
    private final InstantSource clock;
    private final Disk disk = new RealDisk();
    private final SpoolLock lock;

    /// @throws org.postern.core.config.ConfigException where a store runs on this spool
    public SpoolRequeue(SpoolTool tool, Path root, InstantSource clock) throws IOException {
        this.tool = tool;
        this.root = root;
        this.clock = clock;
        this.lock = SpoolLock.take(root);
    }

    /// Puts one mail back: to those whom it was not delivered to, or to all.
    ///
    /// @param toAll also to those who have it
    /// @param asItIs also where its octets do not prove themselves; its header must
    /// @return the id it has from now on
    public HandoffId requeue(SpoolTool.Item item, boolean toAll, boolean asItIs) throws IOException {
        if (!item.problem().isEmpty() && !asItIs) {
            throw new DamagedMailException(item.name() + " does not prove itself (" + item.problem()
                    + "); look at it with salvage, then say --as-it-is");
        }
        SpoolQueue.Entry mail = item.mail()
                .orElseThrow(() ->
                        new DamagedMailException(item.name() + " has no readable header: nobody knows whom it is for"));
        Path body = Files.createTempFile(root.resolve("tmp"), "requeue", null);
        try {
            long length;
            try (OutputStream out = Files.newOutputStream(body)) {
                if (item.problem().isEmpty()) {
                    tool.cat(item, out);
                    length = mail.size();
                } else {
                    length = tool.salvage(item, out);
                }
            }
            HandoffId id = again(mail.id());
            Submission submission = submission(item, mail, toAll, length, id);
            write(submission, body);
            boolean _ = disk.delete(item.file());
            return id;
        } finally {
            Files.deleteIfExists(body);
        }
    }

    private static HandoffId again(HandoffId id) {
        Matcher number = AGAIN.matcher(id.front());
        if (!number.matches()) {
            return new HandoffId("requeue", id.transaction());
        }
        int times = number.group(1) == null ? 1 : Integer.parseInt(number.group(1));
        return new HandoffId("requeue-" + (times + 1), id.transaction());
    }

    private Submission submission(SpoolTool.Item item, SpoolQueue.Entry mail, boolean toAll, long length, HandoffId id)
            throws IOException {
        Submission old;
        try (DiskFile in = disk.read(item.file())) {
            old = SpoolFile.readHeader(in).submission();
        }
        List<Recipient> recipients = new ArrayList<>();
        for (int i = 0; i < mail.recipients().size(); i++) {
            if (toAll || mail.recipients().get(i).state() != RecipientState.DONE) {
                recipients.add(old.envelope().recipients().get(i));
            }
        }
        if (recipients.isEmpty()) {
            throw new IOException(item.name() + " was delivered to all of its recipients; --all sends it again");
        }
        return new Submission(
                id,
                old.dedupKey(),
                new Envelope(
                        old.envelope().reversePath(), recipients, old.envelope().parameters()),
                old.disposition(),
                length,
                false,
                clock.instant());
    }

    private void write(Submission submission, Path body) throws IOException {
        Path path = SpoolFolder.mailFile(root, submission.id());
        if (disk.exists(path)) {
            // A crash came between the two files.
            SpoolFile there = SpoolFile.read(disk, path);
            if (there.header().submission().bodyLength() == submission.bodyLength()) {
                return;
            }
            throw new IOException(path + " is in the way");
        }
        boolean done = false;
        try (DiskFile file = disk.create(path);
                InputStream in = Files.newInputStream(body)) {
            byte[] header = MailHeader.encode(submission);
            file.write(header, 0, header.length);
            java.security.MessageDigest digest = Digests.sha256();
            byte[] block = new byte[64 * 1024];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
                file.write(block, 0, n);
            }
            byte[] end = new EndRecord(submission.bodyLength(), digest.digest(), MailHeader.crcOf(header)).encode();
            file.write(end, 0, end.length);
            file.sync();
            disk.syncFolder(Objects.requireNonNull(path.getParent()));
            done = true;
        } finally {
            if (!done) {
                boolean _ = disk.delete(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
