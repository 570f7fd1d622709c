// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailParameters.BodyType;
import org.postern.core.mail.Recipient;
import org.postern.delivery.net.Watchdog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to an SMTP or LMTP server, greeted and ready. One thread uses it at a time.
public final class SmtpConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpConnection.class);
    private static final int BLOCK = 16 * 1024;
    /// RFC 3463 section 3.5: X.4.2, bad connection.
    private static final SmtpReply LOST = new SmtpReply(451, "4.4.2 no answer to the end of the message");
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final Wire wire;
    private final Protocol protocol;
    private final SmtpTimeouts timeouts;
    private final String remote;
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
    }

    /// Connects over TCP and reads the greeting.
    ///
    /// @param remote the server's name, for logs and reports
    public static SmtpConnection open(
            InetSocketAddress address, String remote, Protocol protocol, SmtpTimeouts timeouts, Watchdog watchdog)
            throws IOException {
        return greeted(Wire.tcp(address, Deadline.in(timeouts.connect()), watchdog), protocol, timeouts, remote);
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

    /// Why this mail cannot be sent to this server, whatever it would say; empty where it can.
    public Optional<SmtpReply> obstacle(MailRequest request) {
        if (capabilities.sizeMax().isPresent()
                && request.size() > capabilities.sizeMax().getAsLong()) {
            return Optional.of(new SmtpReply(
                    552, "5.3.4 the mail of " + request.size() + " octets is larger than the server takes"));
        }
        if (request.international() && !capabilities.has("SMTPUTF8")) {
            return Optional.of(new SmtpReply(553, "5.6.7 the server does not take addresses or headers in UTF-8"));
        }
        if (request.parameters().body() == BodyType.BINARY_MIME
                && !(capabilities.has("BINARYMIME") && capabilities.has("CHUNKING"))) {
            return Optional.of(new SmtpReply(554, "5.6.3 the server does not take binary messages"));
        }
        if (request.parameters().requireTls() && !capabilities.has("REQUIRETLS")) {
            // RFC 8689 section 4.2.1.
            return Optional.of(new SmtpReply(550, "5.7.30 the server does not support REQUIRETLS"));
        }
        return Optional.empty();
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
            List<SmtpReply> replies = transaction(request);
            sent++;
            done = replies.stream().noneMatch(reply -> reply.code() == 421);
            return replies;
        } finally {
            usable &= done;
        }
    }

    private List<SmtpReply> transaction(MailRequest request) throws IOException {
        boolean chunked = request.parameters().body() == BodyType.BINARY_MIME;
        boolean pipelining = capabilities.has("PIPELINING");
        List<Recipient> recipients = request.recipients();
        write(Commands.mail(request, capabilities));
        SmtpReply mail = pipelining ? null : read(timeouts.command());
        if (mail != null && !mail.isPositive()) {
            reset();
            return all(recipients.size(), mail);
        }
        List<SmtpReply> answers = new ArrayList<>(recipients.size());
        for (Recipient recipient : recipients) {
            write(Commands.rcpt(recipient, request.international(), capabilities));
            if (!pipelining) {
                answers.add(read(timeouts.command()));
            }
        }
        // BDAT is not pipelined: a server that refused everybody would still have to take the octets.
        boolean dataSent = pipelining && !chunked;
        if (dataSent) {
            write("DATA");
        }
        if (pipelining) {
            mail = read(timeouts.command());
            for (int i = 0; i < recipients.size(); i++) {
                answers.add(read(timeouts.command()));
            }
        }
        return afterRecipients(request, mail, answers, dataSent, chunked);
    }

    private List<SmtpReply> afterRecipients(
            MailRequest request,
            @org.jspecify.annotations.Nullable SmtpReply mail,
            List<SmtpReply> answers,
            boolean dataSent,
            boolean chunked)
            throws IOException {
        boolean refused = mail != null && !mail.isPositive();
        boolean anybody = !refused && answers.stream().anyMatch(SmtpReply::isPositive);
        if (!anybody && !dataSent) {
            reset();
            return answers;
        }
        if (!chunked) {
            if (!dataSent) {
                write("DATA");
            }
            SmtpReply data = read(timeouts.command());
            if (!anybody) {
                if (data.code() == 354 && refused) {
                    // It would take a message from nobody: no dot, no message.
                    usable = false;
                    wire.close();
                } else if (data.code() == 354) {
                    // RFC 2920 section 3.1: a server may say 354 to nobody; it gets an empty message.
                    write(".");
                    SmtpReply _ = read(timeouts.end());
                }
                return refused && mail != null ? all(answers.size(), mail) : answers;
            }
            if (data.code() != 354) {
                reset();
                return merged(answers, i -> data);
            }
        }
        return octets(request, answers, chunked);
    }

    private List<SmtpReply> octets(MailRequest request, List<SmtpReply> answers, boolean chunked) throws IOException {
        if (chunked) {
            write("BDAT " + request.size());
        }
        DataOctets stuffed = new DataOctets(wire.out());
        try (InputStream in = request.body().open()) {
            byte[] block = new byte[Math.clamp(request.size(), 1, BLOCK)];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.block()))) {
                    if (chunked) {
                        wire.out().write(block, 0, n);
                    } else {
                        stuffed.write(block, 0, n);
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            // A message broken off must never look like a whole one.
            wire.close();
            throw e;
        }
        if (chunked) {
            SmtpReply taken = read(timeouts.end());
            if (!taken.isPositive()) {
                reset();
                return merged(answers, _ -> taken);
            }
        }
        return switch (protocol) {
            case SMTP -> {
                SmtpReply end = end(stuffed, chunked);
                yield merged(answers, _ -> end);
            }
            // RFC 2033 section 4.2: one answer for each recipient that was taken.
            case LMTP -> {
                SmtpReply first = end(stuffed, chunked);
                boolean[] began = {false};
                yield merged(answers, _ -> {
                    if (!began[0]) {
                        began[0] = true;
                        return first;
                    }
                    return usable ? lastAnswer() : LOST;
                });
            }
        };
    }

    private SmtpReply end(DataOctets stuffed, boolean chunked) {
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.block()))) {
            if (chunked) {
                wire.out().write(Commands.octets("BDAT 0 LAST"));
            } else {
                stuffed.end();
            }
            wire.out().flush();
        } catch (IOException e) {
            usable = false;
            LOG.info("{} was gone at the end of a message", remote, e);
            return LOST;
        }
        return lastAnswer();
    }

    private SmtpReply lastAnswer() {
        try {
            return read(timeouts.end());
        } catch (IOException e) {
            LOG.info("{} did not answer the end of a message", remote, e);
            return LOST;
        }
    }

    private interface Last {
        SmtpReply of(int recipient) throws IOException;
    }

    /// The answer to RCPT where it was a refusal, else the one that came later.
    private static List<SmtpReply> merged(List<SmtpReply> answers, Last last) throws IOException {
        List<SmtpReply> merged = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            merged.add(answers.get(i).isPositive() ? last.of(i) : answers.get(i));
        }
        return merged;
    }

    private static List<SmtpReply> all(int count, SmtpReply reply) {
        return java.util.Collections.nCopies(count, reply);
    }

    /// After a refusal, so that the next mail begins anew.
    private void reset() throws IOException {
        if (!command("RSET", timeouts.command()).isPositive()) {
            usable = false;
        }
    }

    private SmtpReply command(String line, Duration timeout) throws IOException {
        write(line);
        return read(timeout);
    }

    private void write(String line) throws IOException {
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.command()))) {
            wire.out().write(Commands.octets(line));
        }
    }

    private SmtpReply read(Duration timeout) throws IOException {
        Deadline deadline = Deadline.in(timeout);
        try (Watchdog.Guard _ = wire.until(deadline)) {
            wire.out().flush();
            return SmtpReply.read(wire.in());
        } catch (IOException e) {
            usable = false;
            throw deadline.expired() ? new IOException("no answer within " + timeout.toMillis() + " ms", e) : e;
        }
    }

    /// Whether another mail may be sent over it.
    public boolean usable() {
        return usable;
    }

    /// Mails sent so far.
    public int sent() {
        return sent;
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
