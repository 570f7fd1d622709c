// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.postern.core.reply.Reply;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.TimeoutsConfig;
import org.postern.smtpfront.TlsMode;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.admission.Entry;
import org.postern.smtpfront.admission.Visit;
import org.postern.smtpfront.tls.TlsStore;

/// Makes sessions of accepted connections: reads the PROXY header where one must come, asks admission, and gives the
/// client its conversation. What is done with one channel is done on its event loop; the rest is for any thread.
final class Acceptor {
    private final TimeoutsConfig timeouts;
    private final Admission admission;
    private final TlsStore tls;
    private final Executor tlsTasks;
    private final SmtpServer.Talk talk;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /// @param tlsTasks where handshakes compute
    Acceptor(TimeoutsConfig timeouts, Admission admission, TlsStore tls, Executor tlsTasks, SmtpServer.Talk talk) {
        this.timeouts = timeouts;
        this.admission = admission;
        this.tls = tls;
        this.tlsTasks = tlsTasks;
        this.talk = talk;
    }

    /// A connection was accepted.
    void admit(Channel channel, ListenerConfig listener) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            Channels.close(channel);
            return;
        }
        if (!admission.opened()) {
            refuse(channel, Admission.full());
            return;
        }
        channel.closeFuture().addListener(closed -> admission.closed());
        boolean balancer = listener.proxyProtocolFrom().stream().anyMatch(block -> block.contains(peer.getAddress()));
        if (balancer) {
            channel.pipeline()
                    .addLast(new ProxyReader(header -> header.source()
                            .ifPresentOrElse(
                                    client -> enter(channel, listener, client, header.tls()),
                                    // A balancer that speaks for itself.
                                    () -> serve(
                                            channel,
                                            listener,
                                            peer,
                                            admission.healthCheck(peer.getAddress()),
                                            header.tls()))));
        } else {
            enter(channel, listener, peer, Optional.empty());
        }
    }

    private void enter(
            Channel channel, ListenerConfig listener, InetSocketAddress client, Optional<TlsInfo> tlsBefore) {
        Entry entry = listener.mayAnnounceClients(client.getAddress())
                ? admission.enterRelay(client.getAddress())
                : admission.enter(client.getAddress());
        switch (entry) {
            case Entry.TurnedAway(Reply reply) -> refuse(channel, reply);
            case Entry.Admitted(Visit visit) -> serve(channel, listener, client, visit, tlsBefore);
        }
    }

    /// @param tlsBefore what the balancer says of the TLS that it ended
    private void serve(
            Channel channel,
            ListenerConfig listener,
            InetSocketAddress client,
            Visit visit,
            Optional<TlsInfo> tlsBefore) {
        channel.closeFuture().addListener(closed -> visit.close());
        boolean ours = tlsBefore.isEmpty();
        Connection connection = new Connection(
                channel,
                client,
                new ConnectionTls(
                        () -> newTls(channel),
                        ours && listener.tls() == TlsMode.IMPLICIT,
                        ours && offersStartTls(listener),
                        tlsBefore,
                        session -> tls.current().clientSubject(session)),
                timeouts.session(),
                link -> talk.start(link, listener, visit),
                connections::remove);
        connections.add(connection);
        channel.pipeline().addLast(connection);
        if (draining) {
            // Accepted while the listeners were closing.
            connection.drain();
        }
    }

    private static void refuse(Channel channel, Reply reply) {
        byte[] line = (reply + "\r\n").getBytes(StandardCharsets.US_ASCII);
        channel.writeAndFlush(Unpooled.wrappedBuffer(line)).addListener(ChannelFutureListener.CLOSE);
    }

    private static boolean offersStartTls(ListenerConfig listener) {
        return listener.tls() == TlsMode.STARTTLS || listener.tls() == TlsMode.STARTTLS_REQUIRED;
    }

    private SslHandler newTls(Channel channel) {
        SslHandler handler = tls.current().newHandler(channel.alloc(), tlsTasks);
        handler.setHandshakeTimeoutMillis(timeouts.handshake().toMillis());
        return handler;
    }

    /// Asks every conversation to end, those that begin from now on too.
    void drain() {
        draining = true;
        connections.forEach(Connection::drain);
    }

    /// Closes all connections, whatever is under way.
    void breakOff() {
        connections.forEach(Connection::breakOff);
    }

    /// Connections now.
    int open() {
        return connections.size();
    }
}
