// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files of [DedupLog] as they lie on the disk: one for each hour since 1970, of records of one length.
final class DedupFiles {
    static final long HOUR_MILLIS = 3_600_000;

    private static final Logger LOG = LoggerFactory.getLogger(DedupFiles.class);
    private static final int BLOCK = 256 * LogRecord.LENGTH;
    private static final String SUFFIX = ".log";

    private final Disk disk;
    private final Path folder;

    DedupFiles(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    Path of(long hour) {
        return folder.resolve(hour + SUFFIX);
    }

    static long hourOf(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    /// All of them, oldest first.
    List<Path> all() throws IOException {
        List<Path> files = new ArrayList<>();
        disk.each(folder, files::add);
        return files.stream()
                .filter(file -> file.getFileName().toString().matches("\\d{1,12}\\.log"))
                .filter(disk::isFile)
                .sorted(Comparator.comparingLong(DedupFiles::hourOf))
                .toList();
    }

    long lengthOf(Path file) throws IOException {
        try (DiskFile in = disk.read(file)) {
            return in.length();
        }
    }

    /// Reads all records, oldest first. Returns how many were damaged.
    long readAll(Consumer<LogRecord> to) throws IOException {
        long damaged = 0;
        for (Path file : all()) {
            damaged += read(file, to);
        }
        if (damaged > 0) {
            LOG.error("{} damaged records in {}; the ids they named are not remembered", damaged, folder);
        }
        return damaged;
    }

    /// Reads the records of one file. Returns how many were damaged.
    long read(Path file, Consumer<LogRecord> to) throws IOException {
        long damaged = 0;
        byte[] block = new byte[BLOCK];
        try (DiskFile in = disk.read(file)) {
            int filled = 0;
            for (int n = in.read(block, 0, BLOCK); n >= 0; n = in.read(block, filled, BLOCK - filled)) {
                filled += n;
                int whole = filled / LogRecord.LENGTH * LogRecord.LENGTH;
                for (int at = 0; at < whole; at += LogRecord.LENGTH) {
                    Optional<LogRecord> record = LogRecord.parse(block, at);
                    record.ifPresent(to);
                    damaged += record.isPresent() ? 0 : 1;
                }
                System.arraycopy(block, whole, block, 0, filled - whole);
                filled -= whole;
            }
        }
        return damaged;
    }
}
