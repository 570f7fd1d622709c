// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What a connection still has to work on. The event loop puts things in, the connection's virtual thread takes
/// them out; the lock guards all fields.
///
/// It is bounded by the connection, which stops reading from its socket while [#full()].
final class Inbox {
    /// Reading stops above this many octets, and goes on below half of it.
    static final int OCTETS_MAX = 128 * 1024;

    enum Signal {
        OPENED,
        RESUMED,
        TIMED_OUT,
        DRAIN,
        CLOSED
    }

    private static final List<Signal> BEFORE_OCTETS =
            List.of(Signal.OPENED, Signal.RESUMED, Signal.TIMED_OUT, Signal.DRAIN);

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>(2);
    private final EnumSet<Signal> signals = EnumSet.noneOf(Signal.class);
    private int octets;
    private long received;
    private boolean working;
    private boolean refusing;

    /// Adds octets; whoever gets `true` must start the worker.
    boolean add(ByteBuf chunk) {
        lock.lock();
        try {
            if (refusing) {
                chunk.release();
                return false;
            }
            chunks.add(chunk);
            received += chunk.readableBytes();
            octets += chunk.readableBytes();
            return claim();
        } finally {
            lock.unlock();
        }
    }

    /// Adds a signal; whoever gets `true` must start the worker.
    boolean add(Signal signal) {
        lock.lock();
        try {
            signals.add(signal);
            return claim();
        } finally {
            lock.unlock();
        }
    }

    /// Whoever gets `true` must start the worker.
    boolean wake() {
        lock.lock();
        try {
            return (!chunks.isEmpty() || !signals.isEmpty()) && claim();
        } finally {
            lock.unlock();
        }
    }

    private boolean claim() {
        boolean first = !working;
        working = true;
        return first;
    }

    /// Octets ever added.
    long received() {
        lock.lock();
        try {
            return received;
        } finally {
            lock.unlock();
        }
    }

    boolean full() {
        lock.lock();
        try {
            return octets > OCTETS_MAX;
        } finally {
            lock.unlock();
        }
    }

    boolean hasRoomAgain() {
        lock.lock();
        try {
            return octets <= OCTETS_MAX / 2;
        } finally {
            lock.unlock();
        }
    }

    boolean working() {
        lock.lock();
        try {
            return working;
        } finally {
            lock.unlock();
        }
    }

    /// The next thing for the worker, or `null`. Signals come before octets, so that a client which never pauses does
    /// not
    /// outrun them; the news that the connection is closed comes last.
    ///
    /// @param octetsToo whether octets may be taken now
    @Nullable
    Object next(boolean octetsToo) {
        lock.lock();
        try {
            return poll(octetsToo);
        } finally {
            lock.unlock();
        }
    }

    /// As above; after `null` there is no worker any more.
    @Nullable
    Object nextOrRest(boolean octetsToo) {
        lock.lock();
        try {
            Object next = poll(octetsToo);
            working = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Object poll(boolean octetsToo) {
        Signal signal = signals.isEmpty() ? null : firstBeforeOctets();
        if (signal != null) {
            return signal;
        }
        boolean isClosed = signals.contains(Signal.CLOSED);
        if (octetsToo || isClosed) {
            ByteBuf chunk = chunks.poll();
            if (chunk != null) {
                octets -= chunk.readableBytes();
                return chunk;
            }
        }
        if (isClosed) {
            signals.remove(Signal.CLOSED);
            return Signal.CLOSED;
        }
        return null;
    }

    private @Nullable Signal firstBeforeOctets() {
        for (Signal signal : BEFORE_OCTETS) {
            if (signals.remove(signal)) {
                return signal;
            }
        }
        return null;
    }

    /// Throws away all octets that wait.
    void discard() {
        lock.lock();
        try {
            chunks.forEach(ByteBuf::release);
            chunks.clear();
            octets = 0;
        } finally {
            lock.unlock();
        }
    }

    /// Throws away all octets, also those still to come.
    void refuse() {
        lock.lock();
        try {
            refusing = true;
        } finally {
            lock.unlock();
        }
        discard();
    }
}
