// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.postern.delivery.spool.DirectorySync;

/// One Maildir: `tmp`, `new` and `cur`.
final class Maildir {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;
    private final Path folder;
    private final DirectorySync directories;

    /// Writes the content of a file.
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /// @param root where all mailboxes are
    /// @param mailbox relative, as [org.postern.core.directory.Account] guarantees
    Maildir(Path root, String mailbox, DirectorySync directories) {
        this.root = root;
        this.folder = root.resolve(mailbox).normalize();
        if (!folder.startsWith(root.normalize()) && !root.toString().isEmpty()) {
            throw new IllegalArgumentException("the mailbox " + mailbox + " lies outside of " + root);
        }
        this.directories = directories;
    }

    Path folder() {
        return folder;
    }

    /// Makes what is missing, durably, and refuses symbolic links.
    void make() throws IOException {
        if (!Files.exists(root)) {
            Files.createDirectories(root, PRIVATE);
        }
        Path at = root;
        for (Path part : root.relativize(folder)) {
            at = makeFolder(at, part);
        }
        for (String part : List.of("tmp", "new", "cur")) {
            Path _ = makeFolder(folder, Path.of(part));
        }
    }

    private Path makeFolder(Path parent, Path name) throws IOException {
        Path made = parent.resolve(name);
        if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(made, PRIVATE);
                directories.syncOnce(parent);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException(made + " is not a folder; a symbolic link is not followed", e);
                }
            }
        }
        return made;
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
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean moved = false;
        long length;
        try {
            // A FileOutputStream, because an interrupt does not close it.
            try (FileOutputStream file = new FileOutputStream(temporary.toFile());
                    BufferedOutputStream out = new BufferedOutputStream(file, 64 * 1024)) {
                content.writeTo(out);
                out.flush();
                file.getFD().sync();
            }
            length = temporary.toFile().length();
            Files.move(temporary, folder.resolve("new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
            moved = true;
            directories.syncOnce(folder.resolve("new"));
        } finally {
            if (!moved) {
                Files.deleteIfExists(temporary);
            }
        }
        return length;
    }
}
