// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// The file system as the spool uses it: what can be written, and what makes it durable. Many threads use it.
///
/// A second implementation, in the tests, forgets what was not synced.
interface Disk {
    /// Makes the root where it is missing, checks that it is ours alone, and keeps others out until closed.
    ///
    /// @throws org.postern.core.config.ConfigException with one line that says what to do
    Closeable claim(Path root) throws IOException;

    /// Makes a folder; one that is there is fine.
    void makeFolder(Path folder) throws IOException;

    /// Makes a new file that only we may read; fails where the name is taken.
    DiskFile create(Path file) throws IOException;

    /// Opens a regular file to read and write.
    DiskFile edit(Path file) throws IOException;

    /// Opens a file to read.
    DiskFile read(Path file) throws IOException;

    /// Whether anything has this name. A symbolic link to nothing may count as nothing: [#create] fails on it.
    boolean exists(Path path);

    /// Whether it is a regular file; a symbolic link is none.
    boolean isFile(Path path);

    /// Deletes a file; false where there was none. Durable only after a sync of the folder.
    boolean delete(Path file) throws IOException;

    /// Renames, replacing what is there, in one step. Durable only after a sync of the folder.
    void move(Path from, Path to) throws IOException;

    /// Shows what is in a folder until told to stop by `false`.
    void each(Path folder, Predicate<Path> visitor) throws IOException;

    /// Makes the entries of a folder durable.
    void syncFolder(Path folder) throws IOException;

    /// Whether the file system is mounted so that nothing can be written.
    boolean isReadOnly(Path folder) throws IOException;

    /// Octets that may still be written.
    long freeSpace(Path folder) throws IOException;

    /// Files that may still be made; empty where the file system has no such bound.
    OptionalLong freeFiles(Path folder) throws IOException;
}
