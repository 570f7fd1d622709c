// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds, in the background, what a former process left in the spool. A few threads share the folders.
final class SpoolScan implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolScan.class);
    private static final int THREADS = 4;

    private final SpoolFolder folder;
    private final Consumer<Path> found;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger(THREADS);
    private final CountDownLatch running = new CountDownLatch(THREADS);
    private volatile boolean stopped;

    SpoolScan(SpoolFolder folder, Consumer<Path> found) {
        this.folder = folder;
        this.found = found;
    }

    /// @param atEnd runs once, when everything was found
    void start(Runnable atEnd) {
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().daemon().name("spool-scan-" + i).start(() -> {
                try {
                    work();
                } catch (RuntimeException e) {
                    LOG.error("not all mails can be found until the next start", e);
                }
                try {
                    if (working.decrementAndGet() == 0 && !stopped) {
                        atEnd.run();
                    }
                } finally {
                    running.countDown();
                }
            });
        }
    }

    private void work() {
        for (int i = next.getAndIncrement(); i < SpoolFolder.folderCount() && !stopped; i = next.getAndIncrement()) {
            Path each = folder.mailFolder(i);
            try {
                folder.disk().each(each, file -> {
                    if (!stopped) {
                        found.accept(file);
                    }
                    return !stopped;
                });
            } catch (IOException e) {
                LOG.error("the mails in {} cannot be found until the next start", each, e);
            }
        }
    }

    boolean ended() {
        return running.getCount() == 0;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            running.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
