// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigException;

/// Keeps every other process out of a spool folder, and says what to do where the folder cannot be ours.
final class SpoolLock implements Closeable {
    private final FileChannel channel;
    private @Nullable FileLock lock;

    private SpoolLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Makes the folder where it is missing, checks and locks it.
    static SpoolLock take(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(root, RealDisk.PRIVATE_FOLDER);
        }
        requireOurs(root);
        FileChannel channel = FileChannel.open(
                root.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            return new SpoolLock(channel, lock(root, channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Whether a store has this folder now.
    static boolean isTaken(Path root) throws IOException {
        Path file = root.resolve("lock");
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    private static FileLock lock(Path root, FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new ConfigException("the spool folder " + root
                    + " is in use by another store; stop that one, or give this one a folder of its own");
        }
        return lock;
    }

    private static void requireOurs(Path root) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(root, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isDirectory()) {
            throw new ConfigException("the spool folder " + root + " is not a folder; a symbolic link is not followed");
        }
        if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new ConfigException("others may write to the spool folder " + root + "; run: chmod 700 " + root);
        }
        Path probe = Files.createTempFile(root, "probe", null);
        try {
            if (!Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS).equals(attributes.owner())) {
                throw new ConfigException("the spool folder " + root + " belongs to "
                        + attributes.owner().getName() + ", not to the user the store runs as; run: chown");
            }
        } finally {
            Files.delete(probe);
        }
        try (Stream<Path> entries = Files.list(root)) {
            List<String> names = entries.map(p -> p.getFileName().toString()).toList();
            if (!names.isEmpty() && !names.contains("VERSION") && !names.equals(List.of("lock"))) {
                throw new ConfigException("the folder " + root
                        + " is not empty and is not a spool; give the store an empty folder or its old one");
            }
        }
    }

    @Override
    public void close() throws IOException {
        FileLock held = lock;
        lock = null;
        if (held != null) {
            held.release();
        }
        channel.close();
    }
}
