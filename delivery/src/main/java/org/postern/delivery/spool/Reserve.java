// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Room on the disk that is given up when it is full, so that what was delivered can still be recorded. It is taken
/// again when there is room for it and for the floor above it.
///
/// The lock guards the file.
final class Reserve {
    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final int BLOCK = 64 * 1024;

    private final Disk disk;
    private final Path root;
    private final Path file;
    private final long size;
    private final long floor;
    private final ReentrantLock lock = new ReentrantLock();

    /// @param size octets; 0 for none
    /// @param floor octets that must stay free beside it when it is taken
    Reserve(Disk disk, Path root, long size, long floor) {
        this.disk = disk;
        this.root = root;
        this.file = root.resolve("reserve.bin");
        this.size = size;
        this.floor = floor;
    }

    /// Writes something that needs little room.
    interface Write {
        void run() throws IOException;
    }

    /// Runs a write, and once more where it fails and the reserve can be given up for it. A failed sync is never
    /// repeated.
    void write(Write write) throws IOException {
        try {
            write.run();
        } catch (SyncException e) {
            throw e;
        } catch (IOException e) {
            if (!giveUp()) {
                throw e;
            }
            LOG.error("a record did not fit on the disk ({}); {} was given up for it", e.getMessage(), file);
            write.run();
        }
    }

    private boolean giveUp() {
        lock.lock();
        try {
            return disk.delete(file);
        } catch (IOException e) {
            LOG.error("{} cannot be given up", file, e);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the reserve where it is missing and there is room.
    void take() {
        lock.lock();
        try {
            if (size > 0 && !isWhole() && disk.freeSpace(root) >= floor + floor / 10 + size) {
                boolean _ = disk.delete(file);
                fill();
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be written", file, e);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWhole() throws IOException {
        if (!disk.isFile(file)) {
            return false;
        }
        try (DiskFile open = disk.read(file)) {
            return open.length() == size;
        }
    }

    /// Octets are written, for a hole in a file keeps no room.
    private void fill() throws IOException {
        boolean done = false;
        byte[] zeros = new byte[BLOCK];
        try (DiskFile open = disk.create(file)) {
            for (long left = size; left > 0; left -= BLOCK) {
                open.write(zeros, 0, (int) Math.min(BLOCK, left));
            }
            open.sync();
            done = true;
        } finally {
            if (!done) {
                boolean _ = disk.delete(file);
            }
        }
    }
}
