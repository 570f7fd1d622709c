// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.DeadlineInputStream;
import org.postern.delivery.net.Listener;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolStore;

/// The store's side of the handoff: greets, then serves one request after the other on each connection.
public final class HandoffServer implements AutoCloseable {
    private static final Duration GREETING_MAX = Duration.ofSeconds(10);
    /// For the answer, once a mail has had all its time.
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final HandoffServerConfig config;
    private final String node;
    private final Listener listener;
    private final HandoffRequests requests;
    private final FrontPlaces fronts;
    private final Optional<MutualTls> tls;
    private final Watchdog watchdog = new Watchdog();

    private HandoffServer(
            HandoffServerConfig config, String node, SpoolStore spool, Intake intake, InstantSource clock) {
        this.config = config;
        this.node = node;
        this.tls = config.tls().map(MutualTls::new);
        this.fronts = new FrontPlaces(config.mailsPerFrontMax(), intake);
        this.requests = new HandoffRequests(config, spool, intake, fronts, clock);
        this.listener =
                Listener.start("handoff", config.listen(), config.allow(), config.connectionsMax(), this::serve);
    }

    /// Starts to listen.
    ///
    /// @param node the store's name, told to fronts
    public static HandoffServer start(
            HandoffServerConfig config, String node, SpoolStore spool, Intake intake, InstantSource clock) {
        return new HandoffServer(config, node, spool, intake, clock);
    }

    public List<InetSocketAddress> addresses() {
        return listener.addresses();
    }

    private void serve(Listener.Connection connection) throws IOException {
        Socket socket = connection.socket();
        if (tls.isPresent()) {
            Deadline deadline = Deadline.in(GREETING_MAX);
            // The time-out of the socket is for one read, and a handshake has many.
            try (Watchdog.Guard _ = watchdog.guard(socket, deadline)) {
                socket = tls.get().accept(socket, deadline);
            }
        }
        DeadlineInputStream socketIn = new DeadlineInputStream(socket, config.dataRateMin());
        BufferedInputStream in = new BufferedInputStream(socketIn, 64 * 1024);
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 4096);
        socketIn.until(Deadline.in(config.idleTimeout()), false);
        Hello hello = Hello.parse(Frame.read(in));
        boolean fits = hello.lowest() <= Hello.VERSION && hello.highest() >= Hello.VERSION;
        int chosen = fits ? Hello.VERSION : 0;
        new Hello(chosen, chosen, node, fronts.told()).frame().write(out);
        out.flush();
        if (!fits) {
            return;
        }
        try (FrontPlaces.Front front = fronts.enter(hello.node())) {
            serve(connection, front, socketIn, in, out);
        }
    }

    private void serve(
            Listener.Connection connection,
            FrontPlaces.Front front,
            DeadlineInputStream socketIn,
            BufferedInputStream in,
            OutputStream out)
            throws IOException {
        while (connection.idle(true)) {
            socketIn.until(Deadline.in(config.idleTimeout()), false);
            in.mark(1);
            if (in.read() < 0) {
                return;
            }
            in.reset();
            if (!connection.idle(false)) {
                return;
            }
            socketIn.until(Deadline.in(config.mailTimeout()), true);
            // A front that reads no answers must not hold this thread.
            try (Watchdog.Guard _ = watchdog.guard(
                    connection.socket(), Deadline.in(config.mailTimeout().plus(ANSWER_MAX)))) {
                if (!requests.serveOne(front, socketIn, in, out)) {
                    return;
                }
                out.flush();
            }
        }
    }

    @Override
    public void close() {
        listener.close();
        watchdog.close();
    }

    /// Ends a connection inside a mail.
    static EOFException cutOff() {
        return new EOFException("the connection ended inside a mail; nothing of it is kept");
    }
}
