// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;

/// The spool folder: its layout, and that it is ours alone for as long as this is open.
final class SpoolFolder implements AutoCloseable {
    private static final String VERSION = "postern-spool 1\n";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final int FOLDERS = 256;

    private final Path root;
    private final FileChannel lockChannel;
    private @Nullable FileLock lock;

    private SpoolFolder(Path root, FileChannel lockChannel, FileLock lock) {
        this.root = root;
        this.lockChannel = lockChannel;
        this.lock = lock;
    }

    /// Opens the folder, makes it where it is missing, and locks it.
    ///
    /// @throws ConfigException with one line that says what to do
    static SpoolFolder open(Path root, DirectorySync directories) {
        try {
            if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(root, PosixFilePermissions.asFileAttribute(PRIVATE));
            }
            requireOurs(root);
            FileChannel channel = FileChannel.open(
                    root.resolve("lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                SpoolFolder folder = new SpoolFolder(root, channel, lock(root, channel));
                folder.layOut(directories);
                return folder;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ConfigException("the spool folder " + root + " cannot be used (" + reason(e)
                    + "); it must exist on a writable disk or be makeable, and belong to the user the store runs as");
        }
    }

    private static String reason(IOException e) {
        String name = e.getClass().getSimpleName().replace("Exception", "");
        return e instanceof java.nio.file.FileSystemException f && f.getReason() != null
                ? f.getReason()
                : name + (e.getMessage() == null ? "" : ": " + e.getMessage());
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

    private void layOut(DirectorySync directories) throws IOException {
        for (String name : List.of("m", "dedup", "torn", "corrupt", "failed", "tmp")) {
            makeFolder(root.resolve(name));
        }
        for (int i = 0; i < FOLDERS; i++) {
            makeFolder(mailFolder(i));
        }
        try (Stream<Path> left = Files.list(temp())) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        Path version = root.resolve("VERSION");
        if (!Files.exists(version, LinkOption.NOFOLLOW_LINKS)) {
            Path fresh = root.resolve("VERSION.new");
            Files.writeString(fresh, VERSION);
            Files.move(fresh, version, StandardCopyOption.ATOMIC_MOVE);
            directories.syncOnce(root.resolve("m"));
            directories.syncOnce(root);
        }
        byte[] found = Files.readAllBytes(version);
        if (!new String(found, StandardCharsets.UTF_8).equals(VERSION)) {
            throw new ConfigException("the spool " + root + " has another format (" + version
                    + "); run the version of Postern that wrote it");
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new ConfigException(folder + " is not a folder; move it out of the way");
            }
        }
    }

    static int folderCount() {
        return FOLDERS;
    }

    Path root() {
        return root;
    }

    Path mailFolder(int number) {
        return root.resolve("m").resolve(HexFormat.of().toHexDigits((byte) number));
    }

    /// Where the file of a mail is. Ids of one moment spread over all folders.
    Path mailFile(HandoffId id) {
        return mailFolder(id.transaction().text().hashCode() & 0xff).resolve(id.toString());
    }

    Path dedup() {
        return root.resolve("dedup");
    }

    Path temp() {
        return root.resolve("tmp");
    }

    /// Moves a file out of the way, into `torn`, `corrupt` or `failed`; never over another one.
    Path setAside(Path file, String where) throws IOException {
        Path folder = root.resolve(where);
        Path target = folder.resolve(file.getFileName());
        for (int i = 1; Files.exists(target, LinkOption.NOFOLLOW_LINKS); i++) {
            target = folder.resolve(file.getFileName() + "." + i);
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        return target;
    }

    long count(String where) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(where))) {
            return entries.count();
        }
    }

    long usableSpace() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        FileLock held = lock;
        lock = null;
        if (held != null) {
            held.release();
        }
        lockChannel.close();
    }
}
