// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postern.core.limits.Deadline;

/// The process that reads documents: one job after the other from standard input, until that ends.
final class ReaderMain {
    private ReaderMain() {}

    public static void main(String[] arguments) throws IOException {
        System.setOut(System.err); // whatever a library prints must not end up in an answer
        AtomicReference<@Nullable Bound> bound = new AtomicReference<>();
        long reader = Thread.currentThread().threadId();
        Thread.ofPlatform().daemon().name("end").start(() -> watch(reader, bound));
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
                DataOutputStream out = new DataOutputStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 * 1024))) {
            out.writeInt(Wire.READY);
            out.flush();
            while (true) {
                Wire.Job job = Wire.readJob(in);
                bound.set(new Bound(
                        Deadline.in(Duration.ofMillis(job.millis())),
                        processorNanos(reader) + ReaderLimits.PROCESSOR_TIME.toNanos()));
                Document document = Contents.read(job);
                bound.set(null);
                Wire.write(out, document);
            }
        } catch (EOFException e) {
            return; // the server has ended, or does not need this process any more
        }
    }

    /// When a job has to be done.
    ///
    /// @param end by the clock
    /// @param processorNanos of the thread that reads
    private record Bound(Deadline end, long processorNanos) {}

    private static long processorNanos(long thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
    }

    /// The server kills this process when a job takes too long; should the server be gone, it ends by itself. A job
    /// that takes too much of the processor is told apart: however busy the machine, that is the document's fault.
    private static void watch(long reader, AtomicReference<@Nullable Bound> bound) {
        try {
            while (true) {
                Thread.sleep(500);
                Bound current = bound.get();
                if (current != null && processorNanos(reader) > current.processorNanos()) {
                    Runtime.getRuntime().halt(ReaderProcess.OUT_OF_PROCESSOR_TIME);
                }
                if (current != null && current.end().expired()) {
                    Runtime.getRuntime().halt(4);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
