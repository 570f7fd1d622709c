// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.lmtp;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.schedule.Route;
import org.postern.delivery.smtp.Answers;
import org.postern.delivery.smtp.ConnectionPool;
import org.postern.delivery.smtp.MailRequest;
import org.postern.delivery.smtp.Obstacle;
import org.postern.delivery.smtp.SmtpConnection;
import org.postern.delivery.smtp.SmtpReply;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands mails to an LMTP server: all recipients of a mail at once, each with an answer of his own.
///
/// A mail waits a while for a connection, then it comes again later: a server that hangs must not keep all
/// mails of the store waiting.
public final class LmtpDestination implements Destination, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LmtpDestination.class);
    private static final int RECIPIENTS_MAX = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofSeconds(5);
    private static final Object KEY = new Object();

    private final LmtpConfig config;
    private final NamedHosts hosts;
    private final Domain hostname;
    private final InstantSource clock;
    private final Watchdog watchdog = new Watchdog();
    private final ConnectionPool pool;
    private final Semaphore places;

    /// @param dns finds the server's address
    public LmtpDestination(LmtpConfig config, Domain hostname, DnsResolver dns, InstantSource clock) {
        this.hosts = new NamedHosts(dns);
        this.config = config;
        this.hostname = hostname;
        this.clock = clock;
        this.pool = new ConnectionPool("lmtp", config.connections(), config.idle());
        this.places = new Semaphore(config.connections(), true);
    }

    @Override
    public void deliver(StoredMail mail, List<Stop> stops, boolean redo, Outcomes outcomes) throws IOException {
        if (!place()) {
            for (Stop stop : stops) {
                outcomes.of(stop.recipient(), new Outcome.Busy(clock.instant().plus(BUSY)));
            }
            return;
        }
        try {
            for (int from = 0; from < stops.size(); from += RECIPIENTS_MAX) {
                some(mail, stops.subList(from, Math.min(stops.size(), from + RECIPIENTS_MAX)), outcomes);
            }
        } finally {
            places.release();
        }
    }

    private boolean place() {
        try {
            return places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void some(StoredMail mail, List<Stop> stops, Outcomes outcomes) throws IOException {
        List<Recipient> recipients = new ArrayList<>(stops.size());
        for (Stop stop : stops) {
            recipients.add(recipient(mail, stop));
        }
        boolean international = mail.envelope().parameters().smtputf8()
                && (recipients.stream().anyMatch(each -> each.path().address().isInternationalized())
                        || OriginalHeader.of(mail).isInternational());
        MailParameters parameters = mail.envelope().parameters();
        MailRequest request = new MailRequest(
                mail.envelope().reversePath(),
                recipients,
                // The mailbox is the end of the way: RFC 8689 asks for nothing beyond.
                new MailParameters(
                        parameters.body(),
                        parameters.smtputf8(),
                        false,
                        parameters.returnContent(),
                        parameters.envelopeId()),
                international,
                mail.bodyLength(),
                mail::body);
        Optional<List<Outcome>> sent = overWaiting(request);
        try {
            report(stops, sent.isPresent() ? sent.get() : overFresh(request), outcomes);
        } catch (NotTakenException e) {
            for (Stop stop : stops) {
                outcomes.of(
                        stop.recipient(),
                        new Outcome.Deferred(
                                "LMTP server " + config.server() + ": " + e.getCause(), Diagnosis.local("4.4.1")));
            }
        }
    }

    /// The server could not be talked to, and nothing was taken.
    private static final class NotTakenException extends Exception {
        private static final long serialVersionUID = 1L;

        NotTakenException(IOException cause) {
            super(cause);
        }
    }

    /// The server may have closed a connection while it waited: nothing was taken then, and a new
    /// one is tried.
    private Optional<List<Outcome>> overWaiting(MailRequest request) throws DamagedMailException {
        Optional<SmtpConnection> waiting = pool.take(KEY);
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(send(waiting.get(), request));
        } catch (DamagedMailException e) {
            throw e;
        } catch (IOException e) {
            LOG.debug("a connection to {} was closed while it waited", config.server(), e);
            return Optional.empty();
        }
    }

    private List<Outcome> overFresh(MailRequest request) throws NotTakenException, DamagedMailException {
        try {
            return send(open(), request);
        } catch (DamagedMailException e) {
            throw e;
        } catch (IOException e) {
            throw new NotTakenException(e);
        }
    }

    private List<Outcome> send(SmtpConnection connection, MailRequest request) throws IOException {
        boolean done = false;
        try {
            Optional<Obstacle> obstacle = connection.capabilities().obstacle(request);
            List<Outcome> outcomes = obstacle.isPresent()
                    ? Collections.nCopies(request.recipients().size(), Answers.outcome(obstacle.get(), connection))
                    : outcomes(connection, connection.send(request));
            done = true;
            return outcomes;
        } finally {
            if (done) {
                pool.give(KEY, connection);
            } else {
                connection.close();
            }
        }
    }

    /// The server is the mailbox: what it takes has arrived, unless it reports itself.
    private static List<Outcome> outcomes(SmtpConnection connection, List<SmtpReply> replies) {
        Success success = connection.capabilities().has("DSN") ? Success.PASSED_ON : Success.FINAL;
        return replies.stream()
                .map(reply -> Answers.outcome(reply, connection, success))
                .toList();
    }

    private static void report(List<Stop> stops, List<Outcome> sent, Outcomes outcomes) throws IOException {
        for (int i = 0; i < stops.size(); i++) {
            outcomes.of(stops.get(i).recipient(), sent.get(i));
        }
    }

    private Recipient recipient(StoredMail mail, Stop stop) {
        Recipient recipient = mail.envelope().recipients().get(stop.recipient());
        return switch (config.recipient()) {
            case ORIGINAL -> recipient;
            case ACCOUNT ->
                stop.route() instanceof Route.Local(var account)
                        ? new Recipient(
                                new ForwardPath(account.address()),
                                recipient.dsnNotify(),
                                recipient.originalRecipient())
                        : recipient;
        };
    }

    private SmtpConnection open() throws IOException {
        SmtpConnection connection = switch (config.server()) {
            case LmtpAddress.Tcp(var address) ->
                SmtpConnection.over(
                        hosts.connect(address, Deadline.in(config.timeouts().connect())),
                        address.host(),
                        SmtpConnection.Protocol.LMTP,
                        config.timeouts(),
                        watchdog);
            case LmtpAddress.Unix(var path) ->
                SmtpConnection.open(path, SmtpConnection.Protocol.LMTP, config.timeouts(), watchdog);
        };
        try {
            connection.hello(hostname.name());
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /// Ends every wait for the server.
    public void hangUp() {
        watchdog.closeGuarded();
    }

    @Override
    public void close() {
        hangUp();
        pool.close();
        watchdog.close();
    }
}
