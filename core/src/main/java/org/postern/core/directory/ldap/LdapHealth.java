// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether one server is asked. It is taken out by failures in a row, and put back only by a probe, never by a
/// customer's question.
///
/// One virtual thread probes; any thread reports. `lock` guards the fields.
final class LdapHealth implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LdapHealth.class);
    private static final int FAILURES_MAX = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    /// Asks the server something that only a working server answers; throws with the reason where it does not.
    interface Probe {
        void run() throws Exception;
    }

    private final String server;
    private final Probe probe;
    private final Duration interval;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private boolean up = true;
    private boolean probed;
    private boolean closed;
    private int failures;
    private String reason = "";
    private final Thread prober;

    LdapHealth(String server, Duration interval, Probe probe) {
        this.server = server;
        this.interval = interval;
        this.probe = probe;
        prober = Thread.ofVirtual().name("ldap-probe " + server).unstarted(this::probeAll);
    }

    void start() {
        prober.start();
    }

    boolean isUp() {
        lock.lock();
        try {
            return up;
        } finally {
            lock.unlock();
        }
    }

    /// Why it is down; empty while it is up.
    String reason() {
        lock.lock();
        try {
            return up ? "" : reason;
        } finally {
            lock.unlock();
        }
    }

    /// A question was answered.
    void answered() {
        lock.lock();
        try {
            failures = 0;
        } finally {
            lock.unlock();
        }
    }

    /// A question was not answered.
    ///
    /// @param sure whether one failure is enough: a refused connection, not a time-out
    void failed(String why, boolean sure) {
        lock.lock();
        try {
            failures++;
            if (up && (sure || failures >= FAILURES_MAX)) {
                down(why);
            }
        } finally {
            lock.unlock();
        }
    }

    private void down(String why) {
        up = false;
        reason = why;
        LOG.warn("LDAP server {} is down: {}", server, why);
        wake.signalAll();
    }

    private void probeAll() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            String why = probeOnce();
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                if (why.isEmpty()) {
                    if (!up || !probed) {
                        LOG.info("LDAP server {} is up", server);
                    }
                    up = true;
                    failures = 0;
                    pause = FIRST_PAUSE;
                } else if (up) {
                    down(why);
                } else {
                    reason = why;
                }
                probed = true;
                boolean wasUp = up;
                long wait = up ? interval.toNanos() : jittered(pause);
                while (wait > 0 && !closed && up == wasUp) {
                    wait = wake.awaitNanos(wait);
                }
                if (closed) {
                    return;
                }
                if (!wasUp) {
                    pause = pause.multipliedBy(2).compareTo(interval) < 0 ? pause.multipliedBy(2) : interval;
                } else if (!up) {
                    // A probe right after the failure would meet the same.
                    wake.await(FIRST_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
        }
    }

    private static long jittered(Duration pause) {
        return pause.toNanos() * ThreadLocalRandom.current().nextInt(75, 126) / 100;
    }

    private String probeOnce() {
        try {
            probe.run();
            return "";
        } catch (Exception e) {
            return LdapProblem.of(e);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
