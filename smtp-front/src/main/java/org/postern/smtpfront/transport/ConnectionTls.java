// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;

/// How one connection is or may be encrypted. One thread at a time.
final class ConnectionTls {
    private final Supplier<SslHandler> handlers;
    private final boolean first;
    private final boolean offered;
    private final Function<SSLSession, Optional<String>> clientSubject;
    private Optional<TlsInfo> active;

    /// @param handlers makes the TLS handler
    /// @param first whether TLS comes before everything else
    /// @param offered whether STARTTLS can be done
    /// @param before what a trusted balancer, which ended TLS, says of it
    /// @param clientSubject reads the client's verified name from a session
    ConnectionTls(
            Supplier<SslHandler> handlers,
            boolean first,
            boolean offered,
            Optional<TlsInfo> before,
            Function<SSLSession, Optional<String>> clientSubject) {
        this.handlers = handlers;
        this.first = first;
        this.offered = offered;
        this.active = before;
        this.clientSubject = clientSubject;
    }

    boolean first() {
        return first;
    }

    boolean offered() {
        return offered;
    }

    SslHandler newHandler() {
        return handlers.get();
    }

    /// Whether [#active] answers without judging the client's certificate, which is too much for an event loop.
    boolean isKnown(Channel channel) {
        return active.isPresent() || channel.pipeline().get(SslHandler.class) == null;
    }

    /// How it is encrypted now.
    Optional<TlsInfo> active(Channel channel) {
        if (active.isEmpty()) {
            // Before the handshake is over there is a session that says so and knows nothing.
            active = Optional.ofNullable(channel.pipeline().get(SslHandler.class))
                    .map(handler -> handler.engine().getSession())
                    .filter(session -> !session.getProtocol().equals("NONE"))
                    .map(session -> new TlsInfo(
                            session.getProtocol(),
                            session.getCipherSuite(),
                            clientSubject.apply(session),
                            Optional.of(session)));
        }
        return active;
    }
}
