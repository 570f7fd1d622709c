// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import com.github.benmanes.caffeine.cache.Cache;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/// One Maildir: `tmp`, `new` and `cur`.
final class Maildir {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    /// O_CREAT and O_EXCL: opens nothing that is there, and follows no link.
    static final Set<StandardOpenOption> NEW_FILE = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private static final List<String> PARTS = List.of("tmp", "new", "cur");

    private final Path root;
    private final Path folder;
    private final FolderOwner owner;
    private final FolderSync directories;
    private final Cache<Path, Boolean> durable;

    /// Makes what was created in a folder durable.
    interface FolderSync {
        void sync(Path folder) throws IOException;
    }

    /// Writes the content of a file.
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /// @param root where all mailboxes are
    /// @param mailbox relative, as [org.postern.core.directory.Account] guarantees
    /// @param durable the Maildirs that this process has made durable, or found and made durable
    Maildir(Path root, String mailbox, FolderOwner owner, FolderSync directories, Cache<Path, Boolean> durable) {
        this.owner = owner;
        this.root = root;
        this.folder = root.resolve(mailbox).normalize();
        if (!folder.startsWith(root.normalize()) && !root.toString().isEmpty()) {
            throw new IllegalArgumentException("the mailbox " + mailbox + " lies outside of " + root);
        }
        this.directories = directories;
        this.durable = durable;
    }

    Path folder() {
        return folder;
    }

    /// Makes what is missing, durably, and refuses symbolic links and folders that others may change.
    ///
    /// A folder that is there may have been made a moment ago by another thread, or before a crash,
    /// and the disk may not know of it yet: it counts once its parent was synced by this process.
    void make() throws IOException {
        if (!isComplete()) {
            durable.invalidate(folder);
        }
        try {
            var _ = durable.get(folder, absent -> makeNow());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private boolean isComplete() {
        Path at = root;
        for (Path part : root.relativize(folder)) {
            at = at.resolve(part);
            if (!isFolder(at)) {
                return false;
            }
        }
        return PARTS.stream().allMatch(part -> isFolder(folder.resolve(part)));
    }

    private boolean makeNow() {
        try {
            if (!Files.exists(root)) {
                Files.createDirectories(root, PRIVATE);
            }
            Path at = root;
            for (Path part : root.relativize(folder)) {
                Path parent = at;
                at = parent.resolve(part);
                // What was there before in a folder that is not ours to read was made by somebody else.
                if (makeFolder(at) || Files.isReadable(parent)) {
                    directories.sync(parent);
                }
                owner.check(at);
            }
            for (String part : PARTS) {
                var _ = makeFolder(folder.resolve(part));
                owner.check(folder.resolve(part));
            }
            directories.sync(folder);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether it was not there.
    private static boolean makeFolder(Path path) throws IOException {
        if (isFolder(path)) {
            return false;
        }
        try {
            Files.createDirectory(path, PRIVATE);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (isFolder(path)) {
                return false;
            }
            throw new IOException(path + " is not a folder; a symbolic link is not followed", e);
        }
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /// Whether a file of this name is in `new`, or in `cur` with whatever flags a mail program gave it.
    boolean holds(String name) throws IOException {
        if (Files.exists(folder.resolve("new").resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try (DirectoryStream<Path> seen = Files.newDirectoryStream(folder.resolve("cur"), name + "*")) {
            for (Path file : seen) {
                String found = file.getFileName().toString();
                if (found.equals(name) || found.startsWith(name + ":") || found.startsWith(name + ",")) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Writes a file and makes it visible and durable. What a crash left under this name is replaced.
    ///
    /// @return its length
    long deliver(String name, Content content) throws IOException {
        Path temporary = folder.resolve("tmp").resolve(name);
        boolean _ = Files.deleteIfExists(temporary);
        boolean moved = false;
        long length;
        try {
            // Made and opened at once: what lies there in between, a link for example, is not written to.
            try (FileChannel file = FileChannel.open(temporary, NEW_FILE, PRIVATE_FILE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file), 64 * 1024)) {
                content.writeTo(out);
                out.flush();
                file.force(true);
                length = file.size();
            }
            Files.move(temporary, folder.resolve("new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
            moved = true;
            directories.sync(folder.resolve("new"));
        } finally {
            if (!moved) {
                boolean _ = Files.deleteIfExists(temporary);
            }
        }
        return length;
    }
}
