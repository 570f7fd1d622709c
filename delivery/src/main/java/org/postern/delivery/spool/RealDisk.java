// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.postern.core.config.ConfigException;

/// The local file system.
final class RealDisk implements Disk {
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @Override
    public Closeable claim(Path root) throws IOException {
        return SpoolLock.take(root);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PRIVATE_FOLDER);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new ConfigException(folder + " is not a folder; move it out of the way");
            }
        }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        // O_EXCL: whatever is there under this name is never written into.
        Files.createFile(file, PRIVATE_FILE);
        try {
            return new RealFile(file, "rw");
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    @Override
    public DiskFile edit(Path file) throws IOException {
        if (!isFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "it is not a regular file");
        }
        return new RealFile(file, "rw");
    }

    @Override
    public DiskFile read(Path file) throws IOException {
        return new RealFile(file, "r");
    }

    @Override
    public boolean exists(Path path) {
        // For a name that is not there, as every new mail's, Files.exists makes two exceptions and throws
        // them away.
        return path.toFile().exists();
    }

    @Override
    public boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void each(Path folder, Predicate<Path> visitor) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!visitor.test(entry)) {
                    return;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /// Java can only sync a folder through a `FileChannel`, which an interrupt closes: call it from a
    /// thread that nobody interrupts.
    @Override
    public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public boolean isReadOnly(Path folder) throws IOException {
        return Files.getFileStore(folder).isReadOnly();
    }

    @Override
    public long freeSpace(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    @Override
    public OptionalLong freeFiles(Path folder) throws IOException {
        return FileSystemSpace.freeFiles(folder);
    }

    /// A `RandomAccessFile`, which an interrupt does not close.
    private static final class RealFile implements DiskFile {
        private final RandomAccessFile file;

        RealFile(Path path, String mode) throws IOException {
            this.file = new RandomAccessFile(path.toFile(), mode);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
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
            file.setLength(length);
        }

        @Override
        public long position() throws IOException {
            return file.getFilePointer();
        }

        @Override
        public void seek(long position) throws IOException {
            file.seek(position);
        }

        @Override
        public void sync() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
