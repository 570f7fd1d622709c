// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/// The connection as a conversation sees it. Used on the connection's virtual thread.
public interface Link {
    /// A short name for logs, unique in this process.
    String id();

    /// The client; the one behind a trusted balancer.
    InetSocketAddress remoteAddress();

    InetSocketAddress localAddress();

    /// Octets that have come in so far, those included that the conversation has not seen yet.
    long octetsReceived();

    /// Whether STARTTLS can be done on this connection, or was.
    boolean offersStartTls();

    /// How the client is encrypted, to us or to a trusted balancer; empty on a plain connection.
    Optional<TlsInfo> tls();

    /// Queues octets; they go out together with others.
    void send(byte[] octets);

    /// Sends what is queued now.
    void flush();

    /// Sends the octets as the last plain ones, throws away whatever the client had sent before it could see them,
    /// and continues under TLS. RFC 3207 section 4.2
    void startTls(byte[] lastPlainOctets);

    /// Keeps what the client sends waiting for so long, then calls [Conversation#resumed()]. No thread waits.
    void hold(Duration time);

    /// Closes after what is queued went out. Nothing that comes in afterwards reaches the conversation.
    void close();
}
