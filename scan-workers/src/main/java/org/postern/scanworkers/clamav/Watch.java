// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel.TimeLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A session with one clamd in which nothing is said, and which ends when that process does: so a restart is noticed
/// at once, however short it is. clamd(8), IDSESSION.
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final BackendAddress address;
    private final Runnable ended;
    private @Nullable ClamdConnection session;
    private boolean closed;

    /// @param ended run on a thread of its own when a session ends that was not closed by us
    Watch(BackendAddress address, Runnable ended) {
        this.address = address;
        this.ended = ended;
    }

    /// Begins a session, or has clamd go on with the one there is: it ends sessions in which nothing is said for its
    /// ReadTimeout. Where that fails there is none until the next call.
    synchronized void keep(Duration patience) {
        if (closed) {
            return;
        }
        try {
            if (session == null) {
                session = begin(patience);
            } else {
                session.send("PING");
            }
        } catch (IOException e) {
            LOG.debug("clamd {} gives no session to watch it by", address, e);
        }
    }

    private ClamdConnection begin(Duration patience) throws IOException {
        ClamdConnection begun = ClamdConnection.open(address, patience);
        try (TimeLimit _ = begun.closeIn(patience)) {
            String answer = begun.command("IDSESSION\0zPING");
            if (!answer.equals("1: PONG")) {
                throw new IOException("answered PING in a session with \"" + answer + "\"");
            }
        } catch (IOException e) {
            begun.close();
            throw e;
        }
        Thread.ofVirtual().name("watch-" + address).start(() -> await(begun));
        return begun;
    }

    private void await(ClamdConnection watched) {
        watched.awaitEnd();
        synchronized (this) {
            watched.close();
            session = null;
            if (closed) {
                return;
            }
        }
        ended.run();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (session != null) {
            session.close();
        }
    }
}
