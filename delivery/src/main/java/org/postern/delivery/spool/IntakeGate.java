// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides whether mail may be taken in: not after a failed sync, not on a disk that became read-only,
/// not when there is too little room for octets or for files.
///
/// The lock guards all fields.
final class IntakeGate {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeGate.class);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /// Tells what may still be written.
    interface FreeSpace {
        long bytes() throws IOException;

        /// Whether nothing can be written at all.
        boolean readOnly() throws IOException;

        /// Files that may still be made; empty where there is no bound.
        OptionalLong files() throws IOException;
    }

    private final FreeSpace space;
    private final long minimum;
    private final long filesMinimum;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private SpoolHealth health = new SpoolHealth(SpoolHealth.State.OK, "");
    private long free = Long.MAX_VALUE;
    private long lastLook;
    private boolean looked;
    private boolean failed;

    /// @param minimum octets that must stay free
    /// @param filesMinimum files that must still be makeable
    IntakeGate(FreeSpace space, long minimum, long filesMinimum, LongSupplier nanoTime) {
        this.space = space;
        this.minimum = minimum;
        this.filesMinimum = filesMinimum;
        this.nanoTime = nanoTime;
    }

    SpoolHealth health() {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            if (!looked || now - lastLook > LOOK_EVERY_NANOS) {
                looked = true;
                lastLook = now;
                look();
            }
            return health;
        } finally {
            lock.unlock();
        }
    }

    /// Whether a mail of this size leaves the minimum free.
    boolean hasRoomFor(long bytes) {
        lock.lock();
        try {
            return free - minimum >= bytes;
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        if (health.state() != SpoolHealth.State.OK && health.state() != SpoolHealth.State.FULL) {
            return;
        }
        long files;
        try {
            if (failed && space.readOnly()) {
                change(
                        SpoolHealth.State.READ_ONLY,
                        "the spool's disk is mounted read-only; deliveries go on and cannot be written down. Check the"
                                + " disk, then restart the store");
                return;
            }
            failed = false;
            free = space.bytes();
            files = space.files().orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            change(SpoolHealth.State.FULL, "the free space of the spool cannot be told: " + e.getMessage());
            return;
        }
        // A tenth more than the minimum ends the state, so that it does not change with every mail.
        long needed = needed(minimum);
        if (free < needed) {
            change(
                    SpoolHealth.State.FULL,
                    "the spool's disk has " + mib(free) + " free; mail is taken in again with "
                            + mib(minimum + minimum / 10) + " (spool.free-space-min)");
        } else if (files < needed(filesMinimum)) {
            change(
                    SpoolHealth.State.FULL,
                    "the spool's disk has room for " + files + " files; mail is taken in again with "
                            + (filesMinimum + filesMinimum / 10) + " (spool.free-files-min)");
        } else {
            change(SpoolHealth.State.OK, "");
        }
    }

    private static String mib(long octets) {
        return octets / (1024 * 1024) + " MiB";
    }

    private long needed(long floor) {
        return health.ok() ? floor : floor + floor / 10;
    }

    private void change(SpoolHealth.State state, String detail) {
        if (health.state() != state) {
            if (state == SpoolHealth.State.OK) {
                LOG.info("mail is taken in again");
            } else {
                LOG.error("no mail is taken in: {}", detail);
            }
            health = new SpoolHealth(state, detail);
        }
    }

    /// A sync failed: nothing can be promised until a restart. Latches.
    void syncFailed(IOException cause) {
        lock.lock();
        try {
            if (health.state() != SpoolHealth.State.CLOSED) {
                change(
                        SpoolHealth.State.READ_ONLY,
                        "a sync failed (" + cause.getMessage()
                                + "); deliveries go on. Check the disk, then restart the store");
            }
        } finally {
            lock.unlock();
        }
    }

    /// A write failed, for want of room or because the system does not let anybody write any more: looks
    /// again before the next mail.
    void writeFailed() {
        lock.lock();
        try {
            looked = false;
            failed = true;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            health = new SpoolHealth(SpoolHealth.State.CLOSED, "the store is stopping");
        } finally {
            lock.unlock();
        }
    }
}
