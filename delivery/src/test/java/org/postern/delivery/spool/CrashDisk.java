// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A disk in memory with a page cache that a power cut takes: what was written and not synced may be lost
/// whole, in sectors, or become zeros; names that were made, changed or deleted and whose folder was not
/// synced may or may not be.
///
/// Every operation that changes something is counted, and the power can be cut before any of them.
/// Folders themselves are never lost. All methods are synchronized.
final class CrashDisk implements Disk {
    private static final int SECTOR = 512;

    private final Map<Path, Inode> names = new HashMap<>();
    private final Map<Path, Inode> durableNames = new HashMap<>();
    private final List<NameChange> pendingNames = new ArrayList<>();
    private final TreeSet<Path> folders = new TreeSet<>();
    private int operations;
    private int cutBefore = Integer.MAX_VALUE;
    private int failSync;
    private boolean syncsFolders = true;
    private boolean off;

    /// The octets of a file, as programs see them and as they would be after a power cut.
    private static final class Inode {
        private byte[] now = {};
        private byte[] durable = {};
        private final List<Change> pending = new ArrayList<>();
    }

    /// Octets written and not synced; none for a new length.
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Change(int at, byte[] octets, boolean truncates) {}

    /// A name made (`from` empty), deleted (`to` empty) or changed, and not synced.
    private record NameChange(
            @Nullable Path from,
            @Nullable Path to,
            @Nullable Inode inode) {
        boolean touches(Path folder) {
            return (from != null && folder.equals(from.getParent())) || (to != null && folder.equals(to.getParent()));
        }

        void apply(Map<Path, Inode> names) {
            Inode moved = inode;
            if (from != null) {
                Inode found = names.remove(from);
                moved = found == null ? moved : found;
            }
            if (to != null && moved != null) {
                names.put(to, moved);
            }
        }
    }

    /// The power goes off before this operation, counted from 1.
    CrashDisk cutBefore(int operation) {
        cutBefore = operation;
        return this;
    }

    /// The n-th sync of a file or folder fails, as a disk fails: what it should have written may be lost.
    CrashDisk failSync(int number) {
        failSync = number;
        return this;
    }

    /// Makes this a disk whose folders are never synced, whatever is asked for: a defect that must be found.
    CrashDisk neverSyncsFolders() {
        syncsFolders = false;
        return this;
    }

    synchronized int operations() {
        return operations;
    }

    synchronized boolean isOff() {
        return off;
    }

    /// Cuts the power now.
    synchronized void cut() {
        off = true;
    }

    private void changing() throws IOException {
        reading();
        if (++operations >= cutBefore) {
            off = true;
            throw new IOException("the power is off");
        }
    }

    private void reading() throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
    }

    /// How much of what was not synced survives.
    enum Survival {
        NOTHING,
        EVERYTHING,
        NAMES,
        OCTETS,
        CHANCE
    }

    /// The disk as it is found after the power came back.
    synchronized CrashDisk afterwards(Survival survival, Random random) {
        CrashDisk found = new CrashDisk();
        found.folders.addAll(folders);
        Map<Path, Inode> left = new LinkedHashMap<>(durableNames);
        for (NameChange change : pendingNames) {
            boolean survives = switch (survival) {
                case NOTHING, OCTETS -> false;
                case EVERYTHING, NAMES -> true;
                case CHANCE -> random.nextBoolean();
            };
            if (survives) {
                change.apply(left);
            }
        }
        left.forEach((path, inode) -> {
            Inode copy = new Inode();
            copy.now = octets(inode, survival, random);
            copy.durable = copy.now.clone();
            found.names.put(path, copy);
            found.durableNames.put(path, copy);
        });
        return found;
    }

    private static byte[] octets(Inode inode, Survival survival, Random random) {
        byte[] octets = inode.durable.clone();
        for (Change change : inode.pending) {
            switch (survival) {
                case NOTHING, NAMES -> {}
                case EVERYTHING, OCTETS -> octets = applied(octets, change, change.octets());
                case CHANCE -> octets = chance(octets, change, random);
            }
        }
        return octets;
    }

    private static byte[] applied(byte[] octets, Change change, byte[] written) {
        int end = change.at() + written.length;
        byte[] result = Arrays.copyOf(octets, change.truncates() ? change.at() : Math.max(octets.length, end));
        System.arraycopy(written, 0, result, change.at(), written.length);
        return result;
    }

    /// All, nothing, the length with zeros, or some sectors.
    private static byte[] chance(byte[] octets, Change change, Random random) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            return octets;
        }
        byte[] written = change.octets().clone();
        for (int at = 0; at < written.length; at += SECTOR) {
            if (kind == 1 || (kind == 2 && random.nextBoolean())) {
                Arrays.fill(written, at, Math.min(written.length, at + SECTOR), (byte) 0);
            }
        }
        return applied(octets, change, written);
    }

    @Override
    public synchronized Closeable claim(Path root) throws IOException {
        reading();
        folders.add(root);
        return () -> {};
    }

    @Override
    public synchronized void makeFolder(Path folder) throws IOException {
        reading();
        folders.add(folder);
    }

    @Override
    public synchronized DiskFile create(Path file) throws IOException {
        changing();
        if (names.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Inode inode = new Inode();
        change(new NameChange(null, file, inode));
        return new Handle(inode);
    }

    private void change(NameChange change) {
        change.apply(names);
        pendingNames.add(change);
    }

    @Override
    public synchronized DiskFile edit(Path file) throws IOException {
        return read(file);
    }

    @Override
    public synchronized DiskFile read(Path file) throws IOException {
        reading();
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new Handle(inode);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return names.containsKey(path) || folders.contains(path);
    }

    @Override
    public synchronized boolean isFile(Path path) {
        return names.containsKey(path);
    }

    @Override
    public synchronized boolean delete(Path file) throws IOException {
        changing();
        if (!names.containsKey(file)) {
            return false;
        }
        change(new NameChange(file, null, null));
        return true;
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        changing();
        Inode inode = names.get(from);
        if (inode == null) {
            throw new NoSuchFileException(from.toString());
        }
        change(new NameChange(from, to, inode));
    }

    @Override
    public void each(Path folder, Predicate<Path> visitor) throws IOException {
        List<Path> found;
        synchronized (this) {
            reading();
            found = names.keySet().stream()
                    .filter(path -> folder.equals(path.getParent()))
                    .sorted()
                    .toList();
        }
        for (Path path : found) {
            if (!visitor.test(path)) {
                return;
            }
        }
    }

    private void maybeFail() throws IOException {
        if (--failSync == 0) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public synchronized void syncFolder(Path folder) throws IOException {
        changing();
        maybeFail();
        if (!syncsFolders) {
            return;
        }
        pendingNames.removeIf(change -> {
            boolean touched = change.touches(folder);
            if (touched) {
                change.apply(durableNames);
            }
            return touched;
        });
    }

    @Override
    public boolean isReadOnly(Path folder) {
        return false;
    }

    @Override
    public long freeSpace(Path folder) {
        return Long.MAX_VALUE;
    }

    @Override
    public OptionalLong freeFiles(Path folder) {
        return OptionalLong.empty();
    }

    /// An open file.
    private final class Handle implements DiskFile {
        private final Inode inode;
        private int position;

        Handle(Inode inode) {
            this.inode = Objects.requireNonNull(inode);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            synchronized (CrashDisk.this) {
                changing();
                Change change = new Change(position, Arrays.copyOfRange(octets, offset, offset + length), false);
                inode.now = applied(inode.now, change, change.octets());
                inode.pending.add(change);
                position += length;
            }
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            synchronized (CrashDisk.this) {
                reading();
                int n = Math.min(length, inode.now.length - position);
                if (n <= 0) {
                    return length == 0 ? 0 : -1;
                }
                System.arraycopy(inode.now, position, octets, offset, n);
                position += n;
                return n;
            }
        }

        @Override
        public long length() throws IOException {
            synchronized (CrashDisk.this) {
                reading();
                return inode.now.length;
            }
        }

        @Override
        public void setLength(long length) throws IOException {
            synchronized (CrashDisk.this) {
                if (length == inode.now.length) {
                    return;
                }
                changing();
                Change change = new Change((int) length, new byte[0], true);
                inode.now = Arrays.copyOf(inode.now, (int) length);
                inode.pending.add(change);
            }
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void seek(long newPosition) {
            position = (int) newPosition;
        }

        @Override
        public void sync() throws IOException {
            synchronized (CrashDisk.this) {
                changing();
                maybeFail();
                inode.durable = inode.now.clone();
                inode.pending.clear();
            }
        }

        @Override
        public void close() {
            // Closing makes nothing durable.
        }
    }
}
