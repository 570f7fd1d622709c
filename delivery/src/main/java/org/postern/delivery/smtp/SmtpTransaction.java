// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailParameters.BodyType;
import org.postern.core.mail.Recipient;
import org.postern.delivery.net.Watchdog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One mail over one connection, from MAIL to the answer to its end. RFC 5321 section 3.3.
///
/// However it ends, the next mail over the connection begins anew, or the connection is not used again.
final class SmtpTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpTransaction.class);
    private static final int BLOCK = 16 * 1024;

    private final SmtpConnection connection;
    private final Wire wire;
    private final SmtpTimeouts timeouts;
    private final MailRequest request;
    private final boolean chunked;
    private final boolean pipelining;

    SmtpTransaction(SmtpConnection connection, Wire wire, SmtpTimeouts timeouts, MailRequest request) {
        this.connection = connection;
        this.wire = wire;
        this.timeouts = timeouts;
        this.request = request;
        this.chunked = request.parameters().body() == BodyType.BINARY_MIME;
        this.pipelining = connection.capabilities().has("PIPELINING");
    }

    /// @return one reply for each recipient, in order
    /// @throws IOException when nothing was taken
    List<SmtpReply> run() throws IOException {
        // BDAT is not pipelined: a server that refused everybody would still have to take the octets.
        boolean dataSent = pipelining && !chunked;
        List<SmtpReply> answers = pipelining ? envelopeAtOnce(dataSent) : envelopeStepByStep();
        if (answers.stream().noneMatch(SmtpReply::isPositive)) {
            if (dataSent) {
                dataForNobody();
            }
            reset(answers);
            return answers;
        }
        if (!chunked) {
            if (!dataSent) {
                connection.write("DATA");
            }
            SmtpReply data = connection.read(timeouts.command());
            if (data.code() != 354) {
                reset(List.of(data));
                return merged(answers, () -> data);
            }
        }
        return octets(answers);
    }

    private void reset(List<SmtpReply> answers) {
        // RFC 5321 section 3.8: after 421 the server closes.
        if (connection.usable() && answers.stream().noneMatch(answer -> answer.code() == 421)) {
            connection.reset();
        }
    }

    private List<SmtpReply> envelopeStepByStep() throws IOException {
        connection.write(Commands.mail(request, connection.capabilities()));
        SmtpReply mail = connection.read(timeouts.command());
        if (!mail.isPositive()) {
            return all(mail);
        }
        List<SmtpReply> answers = new ArrayList<>(request.recipients().size());
        for (Recipient recipient : request.recipients()) {
            connection.write(Commands.rcpt(recipient, request.international(), connection.capabilities()));
            answers.add(connection.read(timeouts.command()));
        }
        return answers;
    }

    /// RFC 2920 section 3.1.
    private List<SmtpReply> envelopeAtOnce(boolean withData) throws IOException {
        connection.write(Commands.mail(request, connection.capabilities()));
        for (Recipient recipient : request.recipients()) {
            connection.write(Commands.rcpt(recipient, request.international(), connection.capabilities()));
        }
        if (withData) {
            connection.write("DATA");
        }
        SmtpReply mail = connection.read(timeouts.command());
        List<SmtpReply> answers = new ArrayList<>(request.recipients().size());
        for (int i = 0; i < request.recipients().size(); i++) {
            answers.add(connection.read(timeouts.command()));
        }
        return mail.isPositive() ? answers : all(mail);
    }

    /// DATA was sent before anybody knew that nobody is there for it. A server that wants the message
    /// all the same gets none: without its end there is no message, and the connection is given up.
    private void dataForNobody() {
        try {
            if (connection.read(timeouts.command()).code() == 354) {
                connection.abandon();
            }
        } catch (IOException e) {
            // What it said to the recipients stands.
            connection.abandon();
            LOG.debug("{} was gone after it refused everybody", connection.remote(), e);
        }
    }

    private List<SmtpReply> octets(List<SmtpReply> answers) throws IOException {
        if (chunked) {
            connection.write("BDAT " + request.size());
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
            connection.abandon();
            throw e;
        }
        if (chunked) {
            SmtpReply taken = connection.read(timeouts.end());
            if (!taken.isPositive()) {
                reset(List.of(taken));
                return merged(answers, () -> taken);
            }
        }
        SmtpReply first = end(stuffed);
        return switch (connection.protocol()) {
            case SMTP -> merged(answers, () -> first);
            case LMTP -> merged(answers, new EachAnswer(first));
        };
    }

    private SmtpReply end(DataOctets stuffed) {
        try (Watchdog.Guard _ = wire.until(Deadline.in(timeouts.block()))) {
            if (chunked) {
                wire.out().write(Commands.octets("BDAT 0 LAST"));
            } else {
                stuffed.end();
            }
            wire.out().flush();
        } catch (IOException e) {
            connection.abandon();
            LOG.info("{} was gone at the end of a message", connection.remote(), e);
            return SmtpReply.LOST;
        }
        return lastAnswer();
    }

    private SmtpReply lastAnswer() {
        try {
            return connection.read(timeouts.end());
        } catch (IOException e) {
            LOG.info("{} did not answer the end of a message", connection.remote(), e);
            return SmtpReply.LOST;
        }
    }

    private interface Last {
        SmtpReply next();
    }

    /// One answer for each recipient that was taken. RFC 2033 section 4.2.
    private final class EachAnswer implements Last {
        private final SmtpReply first;
        private boolean began;

        EachAnswer(SmtpReply first) {
            this.first = first;
        }

        @Override
        public SmtpReply next() {
            if (!began) {
                began = true;
                return first;
            }
            return connection.usable() ? lastAnswer() : SmtpReply.LOST;
        }
    }

    /// The answer to RCPT where it was a refusal, else the one that came later.
    private static List<SmtpReply> merged(List<SmtpReply> answers, Last last) {
        List<SmtpReply> merged = new ArrayList<>(answers.size());
        for (SmtpReply answer : answers) {
            merged.add(answer.isPositive() ? last.next() : answer);
        }
        return merged;
    }

    private List<SmtpReply> all(SmtpReply reply) {
        return Collections.nCopies(request.recipients().size(), reply);
    }
}
