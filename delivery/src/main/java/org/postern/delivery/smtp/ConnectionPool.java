// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Connections that wait for the next mail, for a short time and up to a bound. Many threads use it; its
/// own lock guards the map, and nothing is written to a connection under it.
public final class ConnectionPool implements AutoCloseable {
    private static final int MAILS_MAX = 100;

    private final int idleMax;
    private final Duration idleTime;
    private final Map<Object, Deque<Idle>> idle = new HashMap<>();
    private final ScheduledExecutorService housekeeping;
    private int count;
    private boolean closed;

    private record Idle(SmtpConnection connection, long sinceNanos) {}

    /// @param idleMax connections kept over all keys
    public ConnectionPool(String name, int idleMax, Duration idleTime) {
        this.idleMax = idleMax;
        this.idleTime = idleTime;
        this.housekeeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name + "-pool").factory());
        var _ = housekeeping.scheduleWithFixedDelay(this::expire, 500, 500, TimeUnit.MILLISECONDS);
    }

    /// The connection used last, if one waits.
    public synchronized Optional<SmtpConnection> take(Object key) {
        Deque<Idle> waiting = idle.get(key);
        if (waiting == null) {
            return Optional.empty();
        }
        Idle last = waiting.removeLast();
        if (waiting.isEmpty()) {
            idle.remove(key);
        }
        count--;
        return Optional.of(last.connection());
    }

    /// Takes a connection back, or closes it where it cannot be used any more.
    public void give(Object key, SmtpConnection connection) {
        if (!keep(key, connection)) {
            connection.close();
        }
    }

    private synchronized boolean keep(Object key, SmtpConnection connection) {
        if (closed || count >= idleMax || !connection.usable() || connection.sent() >= MAILS_MAX) {
            return false;
        }
        idle.computeIfAbsent(key, _ -> new ArrayDeque<>()).addLast(new Idle(connection, System.nanoTime()));
        count++;
        return true;
    }

    private void expire() {
        close(removeOlder(System.nanoTime() - idleTime.toNanos()));
    }

    private synchronized List<SmtpConnection> removeOlder(long nanos) {
        List<SmtpConnection> old = new ArrayList<>();
        for (Iterator<Deque<Idle>> each = idle.values().iterator(); each.hasNext(); ) {
            Deque<Idle> waiting = each.next();
            while (!waiting.isEmpty() && waiting.getFirst().sinceNanos() - nanos < 0) {
                old.add(waiting.removeFirst().connection());
                count--;
            }
            if (waiting.isEmpty()) {
                each.remove();
            }
        }
        return old;
    }

    private static void close(List<SmtpConnection> connections) {
        // Each on a thread of its own: a server that does not read must not keep the others waiting.
        connections.forEach(each -> Thread.ofVirtual().start(each::close));
    }

    @Override
    public void close() {
        housekeeping.shutdownNow();
        synchronized (this) {
            closed = true;
        }
        close(removeOlder(System.nanoTime() + 1));
    }
}
