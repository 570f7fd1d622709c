// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// The real disk, which becomes read-only when told to, as a file system does after an error, and on which something
/// happens the next time somebody asks for a file, or with each sync.
final class FaultyDisk implements Disk {
    private final Disk disk = new RealDisk();
    private final AtomicReference<Runnable> beforeNextLook = new AtomicReference<>(() -> {});
    private final Queue<Runnable> beforeNextReads = new ConcurrentLinkedQueue<>();
    private volatile Runnable beforeSyncs = () -> {};
    private volatile boolean readOnly;
    private volatile int tearWriteAfter = -1;

    /// From now on the system answers EROFS to whoever wants to change something.
    void readOnly(boolean now) {
        readOnly = now;
    }

    /// The next write of a file puts only so many octets on the disk and fails, and so does the attempt to take them
    /// away again.
    void tearNextWrite(int octets) {
        tearWriteAfter = octets;
    }

    /// Runs once, before the next answer to [#exists].
    void beforeNextLook(Runnable what) {
        beforeNextLook.set(what);
    }

    /// Run one by one, each before a file is opened to be read.
    void beforeNextReads(Runnable... what) {
        beforeNextReads.addAll(List.of(what));
    }

    /// Runs before each sync, of a file or a folder.
    void beforeSyncs(Runnable what) {
        beforeSyncs = what;
    }

    private void change(Path path) throws IOException {
        if (readOnly) {
            throw new FileSystemException(path.toString(), null, "Read-only file system");
        }
    }

    @Override
    public Closeable claim(Path root) throws IOException {
        return disk.claim(root);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        change(folder);
        disk.makeFolder(folder);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        change(file);
        return new Open(disk.create(file), file);
    }

    @Override
    public DiskFile edit(Path file) throws IOException {
        change(file);
        return new Open(disk.edit(file), file);
    }

    @Override
    public DiskFile read(Path file) throws IOException {
        Runnable first = beforeNextReads.poll();
        if (first != null) {
            first.run();
        }
        return disk.read(file);
    }

    @Override
    public boolean exists(Path path) {
        beforeNextLook.getAndSet(() -> {}).run();
        return disk.exists(path);
    }

    @Override
    public boolean isFile(Path path) {
        return disk.isFile(path);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        change(file);
        return disk.delete(file);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        change(from);
        disk.move(from, to);
    }

    @Override
    public void each(Path folder, Predicate<Path> visitor) throws IOException {
        disk.each(folder, visitor);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        beforeSyncs.run();
        disk.syncFolder(folder);
    }

    @Override
    public boolean isReadOnly(Path folder) {
        return readOnly;
    }

    @Override
    public long freeSpace(Path folder) throws IOException {
        return disk.freeSpace(folder);
    }

    @Override
    public OptionalLong freeFiles(Path folder) throws IOException {
        return disk.freeFiles(folder);
    }

    /// A file that was opened to be written.
    private final class Open implements DiskFile {
        private final DiskFile file;
        private final Path path;
        private boolean torn;

        Open(DiskFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            change(path);
            int some = tearWriteAfter;
            if (some >= 0) {
                tearWriteAfter = -1;
                torn = true;
                file.write(octets, offset, some);
                throw new IOException("No space left on device");
            }
            file.write(octets, offset, length);
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            return file.read(octets, offset, length);
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void setLength(long length) throws IOException {
            change(path);
            if (torn) {
                throw new IOException("Input/output error");
            }
            file.setLength(length);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public void seek(long position) throws IOException {
            file.seek(position);
        }

        @Override
        public void sync() throws IOException {
            beforeSyncs.run();
            // Nothing was written since it became read-only, so there is nothing to fail.
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
