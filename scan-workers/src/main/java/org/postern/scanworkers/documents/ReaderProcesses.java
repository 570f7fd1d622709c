// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/// The processes that read documents: those that have nothing to do, and how many there are. Any thread.
final class ReaderProcesses implements AutoCloseable {
    private final Path tempFolder;
    private final Deque<ReaderProcess> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger all = new AtomicInteger();
    private volatile boolean closed;

    ReaderProcesses(Path tempFolder, MeterRegistry meters) {
        this.tempFolder = tempFolder;
        Gauge.builder("postern.documents.processes", all, AtomicInteger::get)
                .description("processes that read documents")
                .register(meters);
    }

    /// One that has nothing to do, or a new one; to be given back.
    ReaderProcess take() throws IOException {
        for (ReaderProcess reader = idle.poll(); reader != null; reader = idle.poll()) {
            if (reader.usable()) {
                return reader;
            }
            end(reader);
        }
        ReaderProcess reader = ReaderProcess.start(tempFolder);
        all.incrementAndGet();
        return reader;
    }

    /// @param good whether it may read another document
    void giveBack(ReaderProcess reader, boolean good) {
        if (good && !closed) {
            idle.push(reader);
        } else {
            end(reader);
        }
        if (closed) {
            endIdle();
        }
    }

    private void end(ReaderProcess reader) {
        all.decrementAndGet();
        reader.close();
    }

    private void endIdle() {
        for (ReaderProcess reader = idle.poll(); reader != null; reader = idle.poll()) {
            end(reader);
        }
    }

    @Override
    public void close() {
        closed = true;
        endIdle();
    }
}
