// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A new mail on its way into its file. One thread uses it.
///
/// The octets go through a `RandomAccessFile`, which an interrupt does not close.
final class FilePut implements SpoolStore.Put {
    private static final Logger LOG = LoggerFactory.getLogger(FilePut.class);
    private static final int BLOCK = 64 * 1024;

    private final FileSpool spool;
    private final Submission submission;
    private final Runnable release;
    private final Path path;
    private final RandomAccessFile file;
    private final MessageDigest sha256 = Digests.sha256();
    private final byte[] block;
    private final int headerCrc;
    private int inBlock;
    private long written;
    private @Nullable IOException failure;
    private boolean ended;

    FilePut(FileSpool spool, Submission submission, Runnable release) throws IOException {
        this.spool = spool;
        this.submission = submission;
        this.release = release;
        this.path = spool.mailFile(submission.id());
        byte[] header = MailHeader.encode(submission);
        this.headerCrc = MailHeader.crcOf(header);
        long whole = header.length + submission.bodyLength() + EndRecord.LENGTH;
        this.block = new byte[(int) Math.min(BLOCK, whole)];
        // O_EXCL: whatever is there under this name is never written into.
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            this.file = new RandomAccessFile(path.toFile(), "rw");
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
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
            spool.gate().writeFailed();
            close();
            return new SpoolStore.Commit.Refused(false, "the mail cannot be written: " + failed.getMessage());
        }
        return sync();
    }

    private SpoolStore.Commit sync() {
        try {
            file.getFD().sync();
            file.close();
            spool.directories().sync(java.util.Objects.requireNonNull(path.getParent()));
        } catch (IOException e) {
            // The kernel has marked the pages clean: a second sync would say yes and mean nothing.
            spool.gate().syncFailed(e);
            close();
            return new SpoolStore.Commit.Refused(false, "a sync failed: " + e.getMessage());
        }
        ended = true;
        HandoffId id = submission.id();
        spool.accepted(submission);
        release.run();
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
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.error("{} was refused and cannot be deleted; if it survives it is delivered once", path, e);
        } finally {
            release.run();
        }
    }
}
