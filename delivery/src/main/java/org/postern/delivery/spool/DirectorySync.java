// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
        // As many tasks as there are directories can wait, never more: GroupSync runs one at a time for each.
        this.threads = Executors.newFixedThreadPool(
                threadCount,
                Thread.ofPlatform().daemon().name("directory-sync-", 0).factory());
    }

    /// Syncs a directory of the spool. After a failure this directory stays failed.
    void sync(Path directory) throws IOException {
        directories
                .computeIfAbsent(directory, d -> new GroupSync(() -> syncOnce(d)))
                .await();
    }

    /// Syncs a directory now, without remembering anything of it.
    public void syncOnce(Path directory) throws IOException {
        Future<Void> done = threads.submit(() -> {
            folderSync.sync(directory);
            return null;
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    done.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedIOException || !(e.getCause() instanceof IOException io)) {
                throw new IOException("cannot sync " + directory + ": " + e.getCause(), e.getCause());
            }
            throw new IOException("cannot sync " + directory + ": " + io.getMessage(), io);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
