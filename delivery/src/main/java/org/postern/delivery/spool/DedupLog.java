// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files behind [DedupMemory]: `dedup/<hour since 1970>.log`, appended to, synced in groups where it
/// matters.
///
/// The lock guards the current file and its length; syncs run outside of it.
final class DedupLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DedupLog.class);
    private static final int BLOCK = 256 * LogRecord.LENGTH;

    private final Disk disk;
    private final DedupFiles files;
    private final InstantSource clock;
    private final DirectorySync directories;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Current current;

    /// The file appended to now.
    private record Current(long hour, DiskFile file, GroupSync sync) {}

    DedupLog(Disk disk, Path folder, InstantSource clock, DirectorySync directories) {
        this.disk = disk;
        this.files = new DedupFiles(disk, folder);
        this.clock = clock;
        this.directories = directories;
    }

    /// Reads all records, oldest first. Returns how many were damaged.
    long replay(Consumer<LogRecord> to) throws IOException {
        return files.readAll(to);
    }

    /// Appends a record; it is durable when this returns and `sync` was asked for.
    void append(LogRecord.Type type, HandoffId id, Fingerprint print, byte[] sha, boolean sync) throws IOException {
        Instant now = clock.instant();
        byte[] octets = new LogRecord(type, now.toEpochMilli(), id, print, sha).encode();
        GroupSync group;
        lock.lock();
        try {
            Current file = open(now.toEpochMilli() / DedupFiles.HOUR_MILLIS);
            write(file.file(), octets);
            group = file.sync();
        } finally {
            lock.unlock();
        }
        if (sync) {
            group.await();
        }
    }

    /// A record that does not fit on the disk leaves nothing: records must stay at multiples of their length.
    private void write(DiskFile file, byte[] octets) throws IOException {
        long at = file.position();
        try {
            file.write(octets, 0, octets.length);
        } catch (IOException e) {
            cutBack(file, at, e);
            throw e;
        }
    }

    /// Where not even that can be done, the file is left alone: whoever opens it next cuts it.
    private void cutBack(DiskFile file, long length, IOException why) throws IOException {
        try {
            file.setLength(length);
            file.seek(length);
        } catch (IOException e) {
            why.addSuppressed(e);
            current = null;
            file.close();
        }
    }

    private Current open(long hour) throws IOException {
        Current old = current;
        if (old != null && old.hour() == hour) {
            return old;
        }
        if (old != null) {
            old.sync().await();
            old.file().close();
            current = null;
        }
        Path path = files.of(hour);
        DiskFile file = disk.isFile(path) ? disk.edit(path) : disk.create(path);
        try {
            // A crash may have left half a record; records must stay at multiples of their length.
            long whole = file.length() / LogRecord.LENGTH * LogRecord.LENGTH;
            file.setLength(whole);
            file.seek(whole);
            directories.syncOnce(files.folder());
        } catch (IOException e) {
            file.close();
            throw e;
        }
        Current opened = new Current(hour, file, new GroupSync(file::sync));
        current = opened;
        return opened;
    }

    /// Deletes the files whose last record is older than `before`.
    void deleteBefore(Instant before) throws IOException {
        // A clock that jumps and jumps back must not find a deleted file open.
        closeBefore(clock.millis() / DedupFiles.HOUR_MILLIS);
        for (Path file : files.all()) {
            if ((DedupFiles.hourOf(file) + 1) * DedupFiles.HOUR_MILLIS < before.toEpochMilli()) {
                boolean _ = disk.delete(file);
            }
        }
    }

    /// Writes every file that is not appended to any more again without the records that are not needed,
    /// where that makes it half as long. Oldest first, so that what a record cancels is never left
    /// without it.
    void compact(Predicate<LogRecord> needed) throws IOException {
        long hour = clock.millis() / DedupFiles.HOUR_MILLIS;
        closeBefore(hour);
        for (Path file : files.all()) {
            // Interrupted by a store that stops: what is left is done after the next start.
            if (DedupFiles.hourOf(file) < hour && !Thread.currentThread().isInterrupted()) {
                compact(file, needed);
            }
        }
    }

    /// Closes the file of an hour that is over, where nothing was written since.
    private void closeBefore(long hour) throws IOException {
        lock.lock();
        try {
            Current open = current;
            if (open != null && open.hour() < hour) {
                open.sync().await();
                open.file().close();
                current = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void compact(Path file, Predicate<LogRecord> needed) throws IOException {
        long length = files.lengthOf(file);
        long[] count = new long[2];
        long damaged = files.read(file, entry -> count[needed.test(entry) ? 0 : 1]++);
        // A damaged file stays as it is, for whoever wants to look at it.
        if (damaged > 0 || count[0] > count[1]) {
            return;
        }
        Path fresh = files.folder().resolve("compact.new");
        boolean _ = disk.delete(fresh);
        try (DiskFile out = disk.create(fresh)) {
            copy(file, needed, out);
            out.sync();
        }
        lock.lock();
        try {
            // Only where the clock was put back can the file of an earlier hour have grown.
            if ((current != null && current.hour() == DedupFiles.hourOf(file)) || files.lengthOf(file) != length) {
                boolean _ = disk.delete(fresh);
                return;
            }
            if (count[0] > 0) {
                disk.move(fresh, file);
            } else {
                boolean _ = disk.delete(file);
                boolean _ = disk.delete(fresh);
            }
        } finally {
            lock.unlock();
        }
        directories.syncOnce(files.folder());
        LOG.debug("{} has {} of its {} records left", file, count[0], count[0] + count[1]);
    }

    private void copy(Path file, Predicate<LogRecord> needed, DiskFile out) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream(BLOCK);
        try {
            long _ = files.read(file, entry -> {
                if (needed.test(entry)) {
                    block.writeBytes(entry.encode());
                    if (block.size() >= BLOCK) {
                        flush(block, out);
                    }
                }
            });
            flush(block, out);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void flush(ByteArrayOutputStream block, DiskFile out) {
        try {
            out.write(block.toByteArray(), 0, block.size());
            block.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            Current open = current;
            current = null;
            if (open != null) {
                try {
                    open.sync().await();
                } finally {
                    open.file().close();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
