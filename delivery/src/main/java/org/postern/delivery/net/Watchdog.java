// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.postern.core.limits.Deadline;

/// Closes sockets at their deadline, so that not even a write outlives it. One daemon thread; as many
/// entries as there are mails being handed over.
public final class Watchdog implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Closeable> guarded = ConcurrentHashMap.newKeySet();

    public Watchdog() {
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("socket-watchdog").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /// Guards a socket until the guard is closed.
    public Guard guard(Closeable socket, Deadline deadline) {
        ScheduledFuture<?> future =
                timer.schedule(() -> close(socket), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        guarded.add(socket);
        return () -> {
            guarded.remove(socket);
            boolean _ = future.cancel(false);
        };
    }

    /// Closes everything that is guarded now: whoever waits for a peer waits no longer.
    public void closeGuarded() {
        guarded.forEach(Watchdog::close);
    }

    /// Ends the watch without closing the socket.
    public interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
