// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What this process holds, after the garbage collector had a look.
///
/// @param heap octets of objects that are reachable
/// @param netty octets of Netty's memory outside the heap
record Holdings(long descriptors, int platformThreads, long virtualThreads, long heap, long netty) {
    private static final int DESCRIPTORS_SLACK = 10;
    private static final int THREADS_SLACK = 10;

    static Holdings now() throws IOException {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return new Holdings(
                system.getOpenFileDescriptorCount(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                threadsThatAreVirtual(),
                heap,
                PlatformDependent.usedDirectMemory());
    }

    private static long threadsThatAreVirtual() throws IOException {
        Path dump = Files.createTempDirectory("threads").resolve("dump");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        try (Stream<String> lines = Files.lines(dump)) {
            return lines.filter(line -> line.startsWith("#") && line.contains(" virtual"))
                    .count();
        } finally {
            Files.delete(dump);
            Files.delete(dump.getParent());
        }
    }

    /// Whether this is as much as before, but for a few threads and descriptors that come and go.
    ///
    /// @param heapSlack octets that the heap may have grown
    /// @param nettySlack octets that Netty's memory, which comes in pieces of up to 8 MiB, may have grown
    boolean isNoMoreThan(Holdings before, long heapSlack, long nettySlack) {
        return descriptors <= before.descriptors + DESCRIPTORS_SLACK
                && platformThreads <= before.platformThreads + THREADS_SLACK
                && virtualThreads <= before.virtualThreads + THREADS_SLACK
                && heap <= before.heap + heapSlack
                && netty <= before.netty + nettySlack;
    }
}
