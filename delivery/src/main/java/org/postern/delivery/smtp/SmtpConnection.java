// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.Watchdog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to an SMTP or LMTP server, greeted and ready. One thread uses it at a time.
public final class SmtpConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpConnection.class);
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final Wire wire;
    private final Protocol protocol;
    private final SmtpTimeouts timeouts;
    private final String remote;
    private final String described;
    private Capabilities capabilities = Capabilities.NONE;
    private int sent;
    private boolean usable = true;

    /// What is spoken.
    public enum Protocol {
        SMTP,
        LMTP
    }

    /// A server that does not want to talk.
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient SmtpReply reply;

        RefusedException(String what, SmtpReply reply) {
            super(what + " was answered with " + reply);
            this.reply = reply;
        }

        public SmtpReply reply() {
            return reply;
        }
    }

    private SmtpConnection(Wire wire, Protocol protocol, SmtpTimeouts timeouts, String remote) {
        this.wire = wire;
        this.protocol = protocol;
        this.timeouts = timeouts;
        this.remote = remote;
        this.described = switch (protocol) {
            case SMTP -> where(wire, remote);
            case LMTP -> "LMTP server " + where(wire, remote);
        };
    }

    private static String where(Wire wire, String remote) {
        return wire.address().map(address -> where(remote, address)).orElse(remote);
    }

    /// A host for people: its name, its address, its port.
    public static String where(String host, InetSocketAddress address) {
        String number = address.getAddress().getHostAddress();
        return (host.equals(number) ? host : host + "[" + number + "]") + ":" + address.getPort();
    }

    /// Connects over TCP and reads the greeting.
    ///
    /// @param remote the server's name, for logs and reports
    public static SmtpConnection open(
            InetSocketAddress address, String remote, Protocol protocol, SmtpTimeouts timeouts, Watchdog watchdog)
            throws IOException {
        return greeted(Wire.tcp(address, Deadline.in(timeouts.connect()), watchdog), protocol, timeouts, remote);
    }

    /// Reads the greeting over a connection that was just made, which is closed with this one.
    ///
    /// @param remote the server's name, for logs and reports
    public static SmtpConnection over(
            Socket connected, String remote, Protocol protocol, SmtpTimeouts timeouts, Watchdog watchdog)
            throws IOException {
        return greeted(Wire.over(connected, watchdog), protocol, timeouts, remote);
    }

    /// Connects over a UNIX socket and reads the greeting.
    public static SmtpConnection open(
            UnixDomainSocketAddress address, Protocol protocol, SmtpTimeouts timeouts, Watchdog watchdog)
            throws IOException {
        return greeted(
                Wire.unix(address, Deadline.in(timeouts.connect()), watchdog),
                protocol,
                timeouts,
                address.getPath().toString());
    }

    /// Connects over TCP to a port where TLS begins at once, and reads the greeting. RFC 8314
    /// section 3.
    public static SmtpConnection openTls(
            InetSocketAddress address, String remote, SmtpTimeouts timeouts, Watchdog watchdog, TlsClient client)
            throws IOException {
        Wire wire = Wire.tcp(address, Deadline.in(timeouts.connect()), watchdog);
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.greeting()))) {
            wire.startTls(client, remote);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
        return greeted(wire, Protocol.SMTP, timeouts, remote);
    }

    private static SmtpConnection greeted(Wire wire, Protocol protocol, SmtpTimeouts timeouts, String remote)
            throws IOException {
        SmtpConnection connection = new SmtpConnection(wire, protocol, timeouts, remote);
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.greeting()))) {
            SmtpReply greeting = SmtpReply.read(wire.in());
            if (greeting.code() != 220) {
                throw new RefusedException("the connection", greeting);
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /// Says who we are, and learns what the server can do.
    public void hello(String hostname) throws IOException {
        String command = switch (protocol) {
            case SMTP -> "EHLO ";
            case LMTP -> "LHLO ";
        };
        SmtpReply reply = command(command + hostname, timeouts.greeting());
        if (reply.isPositive()) {
            capabilities = Capabilities.of(reply);
            return;
        }
        if (protocol == Protocol.LMTP || !reply.isPermanent()) {
            throw new RefusedException(command.strip(), reply);
        }
        // RFC 5321 section 3.2.
        SmtpReply old = command("HELO " + hostname, timeouts.greeting());
        if (!old.isPositive()) {
            throw new RefusedException("HELO", old);
        }
        capabilities = Capabilities.NONE;
    }

    public Capabilities capabilities() {
        return capabilities;
    }

    /// Goes over to TLS and says hello again. RFC 3207 section 4.2.
    ///
    /// @param host the name the server's certificate is to have
    public void startTls(TlsClient client, String host, String hostname) throws IOException {
        SmtpReply reply = command("STARTTLS", timeouts.command());
        if (reply.code() != 220) {
            throw new RefusedException("STARTTLS", reply);
        }
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.greeting()))) {
            wire.startTls(client, host);
        } catch (IOException | RuntimeException e) {
            usable = false;
            throw e;
        }
        hello(hostname);
    }

    /// The session, where TLS is spoken.
    public Optional<SSLSession> session() {
        return wire.tls();
    }

    /// Logs in with PLAIN or LOGIN, whichever the server has. RFC 4954.
    public void authenticate(String user, String password) throws IOException {
        List<String> mechanisms = capabilities.mechanisms();
        SmtpReply reply;
        if (mechanisms.contains("PLAIN")) {
            reply = command("AUTH PLAIN " + base64("\0" + user + "\0" + password), timeouts.command());
        } else if (mechanisms.contains("LOGIN")) {
            reply = command("AUTH LOGIN", timeouts.command());
            reply = reply.code() == 334 ? command(base64(user), timeouts.command()) : reply;
            reply = reply.code() == 334 ? command(base64(password), timeouts.command()) : reply;
        } else {
            throw new IOException(remote + " offers neither AUTH PLAIN nor AUTH LOGIN");
        }
        if (reply.code() != 235) {
            throw new RefusedException("AUTH", reply);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends one mail.
    ///
    /// @return one reply for each recipient, in order; 2yz means that the server has taken it over. A
    ///     connection that ends after the last octet of the message counts as 451, for nobody
    ///     knows what became of it
    /// @throws IOException when nothing was taken
    public List<SmtpReply> send(MailRequest request) throws IOException {
        boolean done = false;
        try {
            List<SmtpReply> replies = new SmtpTransaction(this, wire, timeouts, request).run();
            sent++;
            done = replies.stream().noneMatch(reply -> reply.code() == 421);
            return replies;
        } finally {
            usable &= done;
        }
    }

    /// After a refusal, so that the next mail begins anew. What was answered before stands, whatever
    /// becomes of this.
    void reset() {
        try {
            usable &= command("RSET", timeouts.command()).isPositive();
        } catch (IOException e) {
            abandon();
            LOG.debug("{} was gone after a refusal", remote, e);
        }
    }

    /// Ends the connection where it stands.
    void abandon() {
        usable = false;
        wire.close();
    }

    private SmtpReply command(String line, Duration timeout) throws IOException {
        write(line);
        return read(timeout);
    }

    void write(String line) throws IOException {
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.command()))) {
            wire.out().write(Commands.octets(line));
        }
    }

    SmtpReply read(Duration timeout) throws IOException {
        Deadline deadline = Deadline.in(timeout);
        try (Watchdog.Guard _ = wire.until(deadline)) {
            wire.out().flush();
            return SmtpReply.read(wire.in());
        } catch (IOException e) {
            usable = false;
            throw deadline.expired() ? new IOException("no answer within " + timeout.toMillis() + " ms", e) : e;
        }
    }

    Protocol protocol() {
        return protocol;
    }

    /// Whether another mail may be sent over it.
    public boolean usable() {
        return usable;
    }

    /// Mails sent so far.
    public int sent() {
        return sent;
    }

    /// The server for people, with its address.
    String described() {
        return described;
    }

    /// The server's name.
    public String remote() {
        return remote;
    }

    /// Says goodbye where that does not take long.
    @Override
    public void close() {
        if (usable) {
            usable = false;
            try (Watchdog.Guard _ = wire.until(Deadline.in(GOODBYE))) {
                wire.out().write(Commands.octets("QUIT"));
                wire.out().flush();
            } catch (IOException e) {
                LOG.debug("{} was gone before QUIT", remote, e);
            }
        }
        wire.close();
    }
}
