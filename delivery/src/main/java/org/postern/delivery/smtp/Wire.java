// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.Watchdog;

/// A connection as octets, over TCP or a UNIX socket, in the clear or over TLS. One thread uses it; the
/// watchdog closes it at a deadline, which ends every wait.
final class Wire implements Closeable {
    private static final int BUFFER = 8 * 1024;

    private final Closeable bottom;
    private final Optional<Socket> tcp;
    private final Watchdog watchdog;
    private Optional<SSLSession> tls = Optional.empty();
    private InputStream in;
    private OutputStream out;

    private Wire(Closeable bottom, Optional<Socket> tcp, InputStream in, OutputStream out, Watchdog watchdog) {
        this.bottom = bottom;
        this.tcp = tcp;
        this.in = new BufferedInputStream(in, BUFFER);
        this.out = new BufferedOutputStream(out, BUFFER);
        this.watchdog = watchdog;
    }

    static Wire tcp(InetSocketAddress address, Deadline deadline, Watchdog watchdog) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, Math.max(1, deadline.remainingMillis()));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
        return over(socket, watchdog);
    }

    /// Takes a connected socket over, and closes it where that fails.
    static Wire over(Socket socket, Watchdog watchdog) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            return new Wire(socket, Optional.of(socket), socket.getInputStream(), socket.getOutputStream(), watchdog);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    static Wire unix(UnixDomainSocketAddress address, Deadline deadline, Watchdog watchdog) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try (Watchdog.Guard _ = watchdog.guard(channel, deadline)) {
            channel.connect(address);
            return new Wire(
                    channel,
                    Optional.empty(),
                    Channels.newInputStream(channel),
                    Channels.newOutputStream(channel),
                    watchdog);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Closes the connection at the deadline unless the guard is closed before.
    Watchdog.Guard until(Deadline deadline) {
        return watchdog.guard(bottom, deadline);
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /// Goes on over TLS. What the server sent before in the clear and was not read yet is an
    /// error: RFC 3207 section 6.
    void startTls(TlsClient client, String host) throws IOException {
        Socket socket = tcp.orElseThrow(() -> new IOException("TLS needs TCP"));
        if (in.available() > 0) {
            throw new SmtpReply.ProtocolException("the server sent something in the clear after STARTTLS");
        }
        SSLSocket secured = client.secure(socket, host);
        tls = Optional.of(secured.getSession());
        in = new BufferedInputStream(secured.getInputStream(), BUFFER);
        out = new BufferedOutputStream(secured.getOutputStream(), BUFFER);
    }

    /// The other side's; empty for a UNIX socket.
    Optional<InetSocketAddress> address() {
        return tcp.map(socket -> (InetSocketAddress) socket.getRemoteSocketAddress());
    }

    Optional<SSLSession> tls() {
        return tls;
    }

    @Override
    public void close() {
        try {
            // Not the TLS socket: its close may wait for a peer that does not read.
            bottom.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }
}
