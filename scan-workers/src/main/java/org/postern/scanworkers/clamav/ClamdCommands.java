// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel;
import xyz.capybara.clamav.ClamavClient;

/// The commands that are not scans: the one place where the ClamAV client library is used. See ADR 0020.
///
/// The library has no time limits, so each call runs on a virtual thread of its own; interrupting that thread closes
/// the library's SocketChannel, and the thread ends. UNIX sockets, which the library does not know, are spoken to
/// directly. Only clamd that have just passed a probe are given commands.
final class ClamdCommands {
    private final BackendAddress address;
    private final Duration connectTimeout;

    ClamdCommands(BackendAddress address, Duration connectTimeout) {
        this.address = address;
        this.connectTimeout = connectTimeout;
    }

    /// Engine and signature version, such as `ClamAV 1.4.6/27800/Fri Nov 20 09:12:01 2026`.
    String version(Duration timeout) throws IOException, InterruptedException {
        return switch (address) {
            case BackendAddress.Tcp tcp -> limited(timeout, () -> client(tcp).version());
            case BackendAddress.Unix unix -> direct(unix, "VERSION", timeout);
        };
    }

    /// Threads and queue, as clamd prints them.
    String stats(Duration timeout) throws IOException, InterruptedException {
        return switch (address) {
            case BackendAddress.Tcp tcp -> limited(timeout, () -> client(tcp).stats());
            case BackendAddress.Unix unix -> direct(unix, "STATS", timeout);
        };
    }

    /// Makes clamd read its signatures again; returns when it has taken note, not when it is done.
    void reload(Duration timeout) throws IOException, InterruptedException {
        switch (address) {
            case BackendAddress.Tcp tcp ->
                limited(timeout, () -> {
                    client(tcp).reloadVirusDatabases();
                    return "";
                });
            case BackendAddress.Unix unix -> {
                String reply = direct(unix, "RELOAD", timeout);
                if (!reply.equals("RELOADING")) {
                    throw new IOException("clamd answered RELOAD with \"" + reply + "\"");
                }
            }
        }
    }

    private static ClamavClient client(BackendAddress.Tcp tcp) throws IOException {
        return new ClamavClient((InetSocketAddress) tcp.resolve());
    }

    private String direct(BackendAddress.Unix unix, String command, Duration timeout) throws IOException {
        try (ClamdConnection connection = ClamdConnection.open(unix, connectTimeout)) {
            try (BackendChannel.TimeLimit _ = connection.closeIn(timeout)) {
                return connection.command(command);
            }
        }
    }

    /// Runs a call of the library on its own thread and interrupts that when the time is over.
    private static String limited(Duration timeout, Callable<String> call) throws IOException, InterruptedException {
        FutureTask<String> task = new FutureTask<>(call);
        Thread.ofVirtual().name("clamd-command").start(task);
        try {
            return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("clamd did not answer the command: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("clamd did not answer the command within " + timeout.toMillis() + " ms", e);
        } finally {
            task.cancel(true);
        }
    }
}
