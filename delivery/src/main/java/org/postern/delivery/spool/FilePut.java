// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A new mail on its way into its file. One thread uses it.
///
/// The octets go through a [DiskFile], which an interrupt does not close.
final class FilePut implements SpoolStore.Put {
    private static final Logger LOG = LoggerFactory.getLogger(FilePut.class);
    private static final int BLOCK = 64 * 1024;

    private final SpoolFolder folder;
    private final IntakeGate gate;
    private final Submission submission;
    private final Runnable accepted;
    private final Runnable release;
    private final Path path;
    private final DiskFile file;
    private final GroupSync.Round entry;
    private final MessageDigest sha256 = Digests.sha256();
    private final byte[] block;
    private final int headerCrc;
    private int inBlock;
    private long written;
    private @Nullable IOException failure;
    private boolean ended;

    /// @param accepted makes the mail known once it is durable
    /// @param release called at the end, whatever it is
    FilePut(
            SpoolFolder folder,
            DirectorySync directories,
            IntakeGate gate,
            Submission submission,
            Runnable accepted,
            Runnable release)
            throws IOException {
        this.folder = folder;
        this.gate = gate;
        this.submission = submission;
        this.accepted = accepted;
        this.release = release;
        this.path = folder.mailFile(submission.id());
        byte[] header = MailHeader.encode(submission);
        this.headerCrc = MailHeader.crcOf(header);
        long whole = header.length + submission.bodyLength() + EndRecord.LENGTH;
        this.block = new byte[(int) Math.min(BLOCK, whole)];
        this.file = folder.disk().create(path);
        // Its name becomes durable while its octets come.
        this.entry = directories.begin(Objects.requireNonNull(path.getParent()));
        append(header, 0, header.length);
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
        sha256.update(octets, offset, length);
        written += length;
        if (written <= submission.bodyLength()) {
            append(octets, offset, length);
        }
    }

    private void append(byte[] octets, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0 && failure == null) {
            int n = Math.min(left, block.length - inBlock);
            System.arraycopy(octets, from, block, inBlock, n);
            inBlock += n;
            from += n;
            left -= n;
            if (inBlock == block.length) {
                flush();
            }
        }
    }

    private void flush() {
        try {
            file.write(block, 0, inBlock);
            inBlock = 0;
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public SpoolStore.Commit commit() {
        if (ended) {
            throw new IllegalStateException("committed or closed already");
        }
        if (written != submission.bodyLength()) {
            close();
            return new SpoolStore.Commit.Refused(false, written + " octets came instead of " + submission.bodyLength());
        }
        byte[] end = new EndRecord(written, sha256.digest(), headerCrc).encode();
        append(end, 0, end.length);
        if (inBlock > 0 && failure == null) {
            flush();
        }
        IOException failed = failure;
        if (failed != null) {
            LOG.error("{} cannot be written", path, failed);
            gate.writeFailed();
            close();
            return new SpoolStore.Commit.Refused(false, "the mail cannot be written: " + failed.getMessage());
        }
        return sync();
    }

    private SpoolStore.Commit sync() {
        try {
            file.sync();
            file.close();
            entry.await();
        } catch (IOException e) {
            // The kernel has marked the pages clean: a second sync would say yes and mean nothing.
            gate.syncFailed(e);
            close();
            return new SpoolStore.Commit.Refused(false, "a sync failed: " + e.getMessage());
        }
        ended = true;
        HandoffId id = submission.id();
        try {
            accepted.run();
        } finally {
            release.run();
        }
        return new SpoolStore.Commit.Accepted(false, id);
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed", path, e);
        }
        try {
            boolean _ = folder.disk().delete(path);
        } catch (IOException e) {
            LOG.error("{} was refused and cannot be deleted; if it survives it is delivered once", path, e);
        } finally {
            release.run();
        }
    }
}
