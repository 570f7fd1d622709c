// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.core.limits.Deadline;

/// The connections to one server for one purpose, a bounded number of them.
///
/// A caller waits no longer than its deadline. Work runs on a virtual thread of its own: when the caller gives up, the
/// permit stays taken until the server or a socket time-out ends the work. `lock` guards the idle connections.
final class LdapPool implements AutoCloseable {
    private static final Duration IDLE_MAX = Duration.ofMinutes(4);
    private static final Duration AGE_MAX = Duration.ofMinutes(30);

    /// Opens a connection.
    interface Opener {
        LDAPConnection open() throws LDAPException;
    }

    /// Something done with a connection.
    interface Work<T> {
        T with(LDAPConnection connection) throws LDAPException;
    }

    private record Idle(LDAPConnection connection, long since) {}

    private final Opener opener;
    private final Semaphore permits;
    private final int size;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Idle> idle = new ArrayDeque<>();
    private boolean closed;

    LdapPool(String name, int size, Opener opener) {
        this.name = name;
        this.size = size;
        this.opener = opener;
        permits = new Semaphore(size, true);
    }

    int busy() {
        return size - permits.availablePermits();
    }

    /// Does the work on a connection. Throws an `LDAPException` with what the server said, with `TIMEOUT` at the
    /// deadline, or with `BUSY` when no connection became free before it.
    <T> T run(Work<T> work, Deadline deadline) throws LDAPException {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        try {
            if (!permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new LDAPException(ResultCode.BUSY, "all " + size + " connections are busy");
            }
            Thread.ofVirtual().name(name).start(() -> {
                try {
                    outcome.complete(perform(work, deadline));
                } catch (LDAPException | RuntimeException e) {
                    outcome.completeExceptionally(e);
                } finally {
                    permits.release();
                }
            });
            return outcome.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LDAPException(ResultCode.TIMEOUT, "no answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LDAPException(ResultCode.USER_CANCELED, "interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case LDAPException known -> throw known;
                case null, default -> throw new LDAPException(ResultCode.LOCAL_ERROR, String.valueOf(e.getCause()), e);
            }
        }
    }

    private <T> T perform(Work<T> work, Deadline deadline) throws LDAPException {
        LDAPConnection reused = takeIdle();
        if (reused != null) {
            try {
                return use(reused, work);
            } catch (LDAPException e) {
                if (e.getResultCode().isConnectionUsable()
                        || e.getResultCode().equals(ResultCode.TIMEOUT)
                        || deadline.expired()) {
                    throw e;
                }
                // The server closed it while nobody looked, and the others with it.
                closeIdle();
            }
        }
        return use(opener.open(), work);
    }

    private <T> T use(LDAPConnection connection, Work<T> work) throws LDAPException {
        boolean usable = false;
        try {
            T result = work.with(connection);
            usable = true;
            return result;
        } catch (LDAPException e) {
            usable =
                    e.getResultCode().isConnectionUsable() && !e.getResultCode().equals(ResultCode.TIMEOUT);
            throw e;
        } finally {
            if (!usable || !keep(connection)) {
                connection.close();
            }
        }
    }

    private @Nullable LDAPConnection takeIdle() {
        while (true) {
            Idle candidate = pollIdle();
            if (candidate == null) {
                return null;
            }
            LDAPConnection connection = candidate.connection();
            boolean young = System.currentTimeMillis() - connection.getConnectTime() < AGE_MAX.toMillis()
                    && System.nanoTime() - candidate.since() < IDLE_MAX.toNanos();
            if (young && connection.isConnected()) {
                return connection;
            }
            connection.close();
        }
    }

    private boolean keep(LDAPConnection connection) {
        lock.lock();
        try {
            if (closed || idle.size() >= size) {
                return false;
            }
            idle.addFirst(new Idle(connection, System.nanoTime()));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Closes what is idle; what is in use is closed when its work ends.
    void closeIdle() {
        for (Idle candidate = pollIdle(); candidate != null; candidate = pollIdle()) {
            candidate.connection().close();
        }
    }

    private @Nullable Idle pollIdle() {
        lock.lock();
        try {
            return idle.pollFirst();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        closeIdle();
    }
}
