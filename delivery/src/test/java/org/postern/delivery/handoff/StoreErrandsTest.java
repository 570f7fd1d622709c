// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import static org.postern.delivery.Mails.eventually;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.LogLines;
import org.postern.delivery.Mails;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.spool.EnvelopeCodec;
import org.postern.delivery.spool.SpoolStore;

/// What a store is told, by a store that hangs up the first times: a real one cannot be made to do that in time.
@Timeout(60)
class StoreErrandsTest {
    private final AtomicInteger hangUps = new AtomicInteger();
    private final Set<HandoffId> proven = ConcurrentHashMap.newKeySet();
    private final Set<HandoffId> aborted = ConcurrentHashMap.newKeySet();

    @SuppressWarnings("NullAway.Init") // before each test
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                // Closed at the end of the test.
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private void serve(Socket accepted) {
        try (Socket socket = accepted) {
            OutputStream out = socket.getOutputStream();
            Hello _ = Hello.parse(Frame.read(socket.getInputStream()));
            new Hello(1, 1, "store1", 64).frame().write(out);
            while (true) {
                Frame frame = Frame.read(socket.getInputStream());
                if (frame.type() == Frame.PING) {
                    Frame.of(Frame.PONG, data -> {
                                data.writeByte(1);
                                EnvelopeCodec.writeString(data, "");
                                data.writeShort(64);
                            })
                            .write(out);
                } else if (hangUps.getAndDecrement() > 0) {
                    return;
                } else {
                    DataInputStream in = frame.data();
                    boolean abort = frame.type() == Frame.ABORT;
                    int count = abort ? 1 : in.readInt();
                    for (int i = 0; i < count; i++) {
                        (abort ? aborted : proven).add(HandoffId.parse(EnvelopeCodec.readString(in)));
                    }
                    SpoolStore.Status status = abort ? SpoolStore.Status.ABORTED : SpoolStore.Status.ACCEPTED;
                    Frame.of(Frame.ANSWER, data -> data.writeByte(status.code()))
                            .write(out);
                }
            }
        } catch (IOException e) {
            // The front has gone.
        }
    }

    private StorePeer peer(Watchdog watchdog) {
        HandoffClientConfig config = HandoffClientConfig.to(
                HandoffClientConfig.Protocol.POSTERN, new HostAndPort("127.0.0.1", server.getLocalPort()));
        return new StorePeer(
                config.stores().getFirst(),
                new NamedHosts(DnsResolver.unavailable()),
                "mx1",
                config,
                Optional.empty(),
                watchdog);
    }

    @Test
    void proofsAndAborts_areToldUntilTheStoreHasHeardThem() {
        hangUps.set(3);
        HandoffId kept = Mails.newId();
        HandoffId lost = Mails.newId();
        try (Watchdog watchdog = new Watchdog();
                StorePeer peer = peer(watchdog)) {
            peer.tell(new StoreErrands.Errand.Proven(kept));
            peer.tell(new StoreErrands.Errand.Abort(lost, 0));
            eventually(() -> proven.contains(kept) && aborted.contains(lost));
        }
    }

    @Test
    void errandThatCannotBeTold_keepsNoOtherWaiting_andIsLeftAfterAWhile() {
        HandoffId kept = Mails.newId();
        HandoffId lost = Mails.newId();
        try (Watchdog watchdog = new Watchdog();
                LogLines log = LogLines.of(StoreErrands.class);
                StorePeer peer = peer(watchdog)) {
            peer.tell(new StoreErrands.Errand.Proven(nothing()));
            peer.tell(new StoreErrands.Errand.Proven(kept));
            peer.tell(new StoreErrands.Errand.Abort(nothing(), 0));
            peer.tell(new StoreErrands.Errand.Abort(lost, 0));
            eventually(() -> proven.contains(kept) && aborted.contains(lost));
            eventually(() -> log.lines().stream()
                            .filter(line -> line.contains("is not told: "))
                            .count()
                    == 2);
        }
    }

    /// What no caller may give.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static HandoffId nothing() {
        return null;
    }
}
