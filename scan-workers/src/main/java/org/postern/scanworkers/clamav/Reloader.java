// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.pool.Backend;
import org.postern.scanworkers.pool.BackendPool;
import org.postern.scanworkers.pool.BackendState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has one clamd after the other read its signatures again while the others scan. See
/// docs/adr/0024-signatures-one-at-a-time.md. One round at a time; rounds on a schedule run on a thread of their own.
final class Reloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration COMMAND = Duration.ofSeconds(10);

    private final BackendPool<Clamd> pool;
    private final ReloadConfig config;
    private final Duration probeTimeout;
    private final Headroom headroom;
    private final ReentrantLock round = new ReentrantLock();
    private final Thread schedule;

    Reloader(BackendPool<Clamd> pool, ReloadConfig config, Duration probeTimeout, Path proc) {
        this.pool = pool;
        this.config = config;
        this.probeTimeout = probeTimeout;
        this.headroom = new Headroom(proc);
        this.schedule = Thread.ofVirtual().name("signatures-reload").unstarted(this::onSchedule);
        if (config.every().isPresent()) {
            schedule.start();
        }
    }

    private void onSchedule() {
        try {
            while (true) {
                Thread.sleep(config.every().orElseThrow());
                reloadAll(line -> LOG.info("signatures: {}", line));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// All clamd, in the order they were configured; one that fails stays with what it has, and ends the round.
    boolean reloadAll(Consumer<String> progress) throws InterruptedException {
        if (!round.tryLock()) {
            progress.accept("a reload is running already");
            return false;
        }
        try {
            for (Clamd clamd : pool.backends()) {
                if (!reload(clamd, progress)) {
                    LOG.warn("the signatures of clamd {} were not reloaded; the rest is left as it is", clamd.name());
                    return false;
                }
            }
            return true;
        } finally {
            round.unlock();
        }
    }

    private boolean reload(Clamd clamd, Consumer<String> progress) throws InterruptedException {
        String name = clamd.name();
        switch (headroom.of(clamd.address())) {
            case Headroom.Result.Unknown(String why) ->
                progress.accept(name + ": whether there is memory for a reload is unknown: " + why);
            case Headroom.Result.Known(boolean enough, String detail) -> {
                progress.accept(name + ": " + detail);
                if (!enough) {
                    progress.accept(name + ": not reloaded: too little memory; stop and start this clamd instead");
                    return false;
                }
            }
        }
        boolean others = pool.status().stream()
                .anyMatch(other -> !other.name().equals(name) && other.state() == BackendState.UP);
        if (!others) {
            // Better one that may pause for a moment than none: mails wait for it inside their deadline.
            progress.accept(name + ": no other clamd works, so this one reloads while it is in use");
            return reloadAndProve(clamd, progress);
        }
        try {
            progress.accept(name + ": taken out of the pool, finishes its mails");
            if (!pool.drain(clamd, Deadline.in(config.drainTimeout()))) {
                progress.accept(name + ": not reloaded: still busy after "
                        + config.drainTimeout().toSeconds() + " s");
                return false;
            }
            return reloadAndProve(clamd, progress);
        } finally {
            pool.restore(clamd);
        }
    }

    private boolean reloadAndProve(Clamd clamd, Consumer<String> progress) throws InterruptedException {
        String before = clamd.signatures().text();
        try {
            clamd.reload(COMMAND);
        } catch (IOException e) {
            progress.accept(clamd.name() + ": does not take the command RELOAD: " + e.getMessage());
            return false;
        }
        progress.accept(clamd.name() + ": reloads");
        Deadline end = Deadline.in(config.loadTimeout());
        Deadline settled = Deadline.in(config.settle());
        Backend.Probe probe = clamd.probe(true, Deadline.in(probeTimeout));
        while (probe.state() != BackendState.UP
                || (before.equals(clamd.signatures().text()) && !settled.expired())) {
            if (end.expired()) {
                progress.accept(clamd.name() + ": has not proven itself after "
                        + config.loadTimeout().toSeconds() + " s: " + probe.state() + ", " + probe.detail());
                return false;
            }
            Thread.sleep(PAUSE);
            probe = clamd.probe(true, Deadline.in(probeTimeout));
        }
        progress.accept(clamd.name() + ": finds the EICAR test file, lets a clean text pass: " + probe.detail());
        return true;
    }

    @Override
    public void close() {
        schedule.interrupt();
    }
}
