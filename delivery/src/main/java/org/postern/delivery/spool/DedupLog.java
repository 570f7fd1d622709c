// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files behind [DedupMemory]: `dedup/<hour since 1970>.log`, appended to, synced in groups where it matters.
///
/// The lock guards the current file and its length; syncs run outside of it.
final class DedupLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DedupLog.class);
    private static final long HOUR_MILLIS = 3_600_000;

    private final Path folder;
    private final InstantSource clock;
    private final DirectorySync directories;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Current current;

    /// The file appended to now.
    private record Current(long hour, RandomAccessFile file, GroupSync sync) {}

    DedupLog(Path folder, InstantSource clock, DirectorySync directories) {
        this.folder = folder;
        this.clock = clock;
        this.directories = directories;
    }

    /// Reads all records of the last `hours`, oldest first. Returns how many were damaged.
    long replay(Consumer<LogRecord> to) throws IOException {
        long damaged = 0;
        for (Path file : files()) {
            damaged += replay(file, to);
        }
        if (damaged > 0) {
            LOG.error("{} damaged records in {}; the ids they named are not remembered", damaged, folder);
        }
        return damaged;
    }

    private static long replay(Path path, Consumer<LogRecord> to) throws IOException {
        long damaged = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS), 1 << 16)) {
            byte[] octets = in.readNBytes(LogRecord.LENGTH);
            while (octets.length == LogRecord.LENGTH) {
                Optional<LogRecord> record = LogRecord.parse(octets);
                record.ifPresent(to);
                damaged += record.isPresent() ? 0 : 1;
                octets = in.readNBytes(LogRecord.LENGTH);
            }
        }
        return damaged;
    }

    /// Appends a record; it is durable when this returns and `sync` was asked for.
    void append(LogRecord.Type type, org.postern.core.handoff.HandoffId id, Fingerprint print, byte[] sha, boolean sync)
            throws IOException {
        Instant now = clock.instant();
        byte[] octets = new LogRecord(type, now.toEpochMilli(), id, print, sha).encode();
        GroupSync group;
        lock.lock();
        try {
            Current file = open(now.toEpochMilli() / HOUR_MILLIS);
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
    private static void write(RandomAccessFile file, byte[] octets) throws IOException {
        long at = file.getFilePointer();
        try {
            file.write(octets);
        } catch (IOException e) {
            file.setLength(at);
            file.seek(at);
            throw e;
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
        File path = folder.resolve(hour + ".log").toFile();
        RandomAccessFile file = new RandomAccessFile(path, "rw");
        try {
            // A crash may have left half a record; records must stay at multiples of their length.
            long whole = file.length() / LogRecord.LENGTH * LogRecord.LENGTH;
            file.setLength(whole);
            file.seek(whole);
            directories.syncOnce(folder);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        Current opened =
                new Current(hour, file, new GroupSync(() -> file.getFD().sync()));
        current = opened;
        return opened;
    }

    /// Deletes the files whose last record is older than `before`.
    void deleteBefore(Instant before) throws IOException {
        for (Path file : files()) {
            if ((hourOf(file) + 1) * HOUR_MILLIS < before.toEpochMilli()) {
                Files.delete(file);
            }
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().matches("\\d{1,12}\\.log"))
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted(java.util.Comparator.comparingLong(DedupLog::hourOf))
                    .toList();
        }
    }

    private static long hourOf(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - ".log".length()));
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
