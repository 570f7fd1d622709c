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
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postern.core.limits.Deadline;

/// The process that reads documents: one job after the other from standard input, until that ends.
final class ReaderMain {
    private ReaderMain() {}

    public static void main(String[] arguments) throws IOException {
        System.setOut(System.err); // whatever a library prints must not end up in an answer
        AtomicReference<@Nullable Deadline> end = new AtomicReference<>();
        Thread.ofPlatform().daemon().name("end").start(() -> watch(end));
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
                DataOutputStream out = new DataOutputStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 * 1024))) {
            out.writeInt(Wire.READY);
            out.flush();
            while (true) {
                Wire.Job job = Wire.readJob(in);
                end.set(Deadline.in(Duration.ofMillis(job.millis())));
                Wire.write(out, Contents.read(job));
                end.set(null);
            }
        } catch (EOFException e) {
            return; // the server has ended, or does not need this process any more
        }
    }

    /// The server kills this process when a job takes too long; should the server be gone, it ends by itself.
    private static void watch(AtomicReference<@Nullable Deadline> end) {
        try {
            while (true) {
                Thread.sleep(500);
                Deadline current = end.get();
                if (current != null && current.expired()) {
                    Runtime.getRuntime().halt(4);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
