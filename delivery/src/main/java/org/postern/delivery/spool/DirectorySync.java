// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Makes directory entries durable, one sync for all who wait for the same directory.
///
/// Java can only sync a directory through a `FileChannel`, which an interrupt closes; so it is opened for each sync
/// and used by threads that nobody interrupts.
public final class DirectorySync implements AutoCloseable {
    private final ConcurrentHashMap<Path, GroupSync> directories = new ConcurrentHashMap<>();
    private final ExecutorService threads;
    private final FolderSync folderSync;

    /// Syncs one folder.
    interface FolderSync {
        void sync(Path folder) throws IOException;
    }

    public DirectorySync(int threadCount) {
        this(threadCount, new RealDisk()::syncFolder);
    }

    DirectorySync(int threadCount, FolderSync folderSync) {
        this.folderSync = folderSync;
        // Twice as many tasks as there are directories can wait, never more: one of each runs, one comes next.
        this.threads = Executors.newFixedThreadPool(
                threadCount,
                Thread.ofPlatform().daemon().name("directory-sync-", 0).factory());
    }

    /// Asks for a sync of a directory of the spool, which begins after this call. After a failure this directory stays
    /// failed.
    GroupSync.Round begin(Path directory) {
        return directories.computeIfAbsent(directory, this::group).begin();
    }

    /// Syncs a directory now, without remembering anything of it.
    public void syncOnce(Path directory) throws IOException {
        group(directory).await();
    }

    private GroupSync group(Path directory) {
        return new GroupSync(
                () -> {
                    try {
                        folderSync.sync(directory);
                    } catch (IOException e) {
                        throw new IOException("cannot sync " + directory + ": " + e.getMessage(), e);
                    }
                },
                threads);
    }

    @Override
    public void close() {
        threads.close();
    }
}
