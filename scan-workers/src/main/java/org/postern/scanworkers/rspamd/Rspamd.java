// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.TestPatterns;
import org.postern.scanworkers.pool.Backend;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel;
import org.postern.scanworkers.pool.BackendState;
import org.postern.scanworkers.pool.Lease;

/// One rspamd. Scans run on many threads at once; probes on one.
final class Rspamd implements Backend {
    private static final int REPLY_MAX = 1024 * 1024;

    private final RspamdConfig config;
    private final BackendAddress address;

    Rspamd(RspamdConfig config, BackendAddress address) {
        this.config = config;
        this.address = address;
    }

    @Override
    public String name() {
        return address.toString();
    }

    /// Has a mail scored. Goes on after the deadline while rspamd works on it, at most for the configured time.
    FilterResult scan(MailTransaction mail, Lease lease, Deadline deadline) {
        BackendChannel channel;
        try {
            channel = open(deadline);
        } catch (IOException e) {
            return new NoVerdict(NoVerdictReason.UNAVAILABLE, name() + ": " + e);
        }
        try (channel;
                BackendChannel.TimeLimit _ =
                        channel.closeIn(deadline.remaining().plus(config.abandonTimeout()));
                InputStream in = mail.content().newInputStream()) {
            lease.whenAbandoned(channel::close);
            send(channel, envelope(mail), in, mail.content().size());
            lease.whenAbandoned(() -> {});
            return result(RspamdReply.parse(channel.readAll(REPLY_MAX), config.taskTimeout()));
        } catch (IOException e) {
            return new NoVerdict(
                    lease.abandoned() ? NoVerdictReason.TIMED_OUT : NoVerdictReason.BACKEND_ERROR, name() + ": " + e);
        }
    }

    private FilterResult result(RspamdReply reply) {
        return switch (reply) {
            case RspamdReply.Scored scored -> {
                double score = Math.clamp(scored.score(), config.lowestScore(), config.highestScore());
                yield score == 0
                        ? FilterResult.nothing()
                        : new FilterResult.Findings(List.of(new Finding("RSPAMD_SCORE", score, scored.symbols())));
            }
            case RspamdReply.Partial partial ->
                new NoVerdict(NoVerdictReason.TIMED_OUT, name() + ": partial result: " + partial.text());
            case RspamdReply.Failed failed ->
                new NoVerdict(NoVerdictReason.BACKEND_ERROR, name() + ": " + failed.text());
        };
    }

    private BackendChannel open(Deadline deadline) throws IOException {
        Duration patience = config.connectTimeout().compareTo(deadline.remaining()) < 0
                ? config.connectTimeout()
                : deadline.remaining();
        return BackendChannel.open(address, patience);
    }

    /// The envelope as header fields of the request.
    private static String envelope(MailTransaction mail) {
        StringBuilder fields = new StringBuilder();
        field(fields, "Ip", mail.client().address().getHostAddress());
        field(fields, "Helo", mail.client().helo());
        field(fields, "From", mail.envelope().reversePath().toString());
        mail.envelope().recipients().forEach(recipient -> field(fields, "Rcpt", recipient.toString()));
        mail.client().authenticatedAs().ifPresent(account -> field(fields, "User", account));
        field(fields, "Queue-Id", mail.id().text());
        return fields.toString();
    }

    private static void field(StringBuilder fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.append(name)
                    .append(": ")
                    .append(value.replaceAll("\\p{Cntrl}", "?"))
                    .append("\r\n");
        }
    }

    private static void send(BackendChannel channel, String fields, InputStream mail, long size) throws IOException {
        byte[] head = ("POST /checkv2 HTTP/1.1\r\nHost: rspamd\r\nConnection: close\r\nContent-Length: " + size + "\r\n"
                        + fields + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        channel.write(ByteBuffer.wrap(head));
        byte[] block = new byte[64 * 1024];
        for (int n = mail.read(block); n >= 0; n = mail.read(block)) {
            channel.write(ByteBuffer.wrap(block, 0, n));
        }
    }

    @Override
    public Probe probe(boolean seenUp, Deadline deadline) throws InterruptedException {
        BackendChannel channel;
        try {
            channel = open(deadline);
        } catch (IOException e) {
            return new Probe(BackendState.DEAD, e.getMessage() + "; is rspamd running?");
        }
        byte[] sample = ("From: postern@localhost\r\nTo: postern@localhost\r\nSubject: probe\r\n\r\n"
                        + TestPatterns.gtube() + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (channel;
                BackendChannel.TimeLimit _ = channel.closeIn(deadline.remaining())) {
            // The probe must not be learned from or logged as mail.
            send(channel, "Flags: no_stat,no_log\r\n", new ByteArrayInputStream(sample), sample.length);
            RspamdReply reply = RspamdReply.parse(channel.readAll(REPLY_MAX), config.taskTimeout());
            return reply instanceof RspamdReply.Scored scored && scored.action().equals("reject")
                    ? new Probe(BackendState.UP, "rspamd, finds the GTUBE line")
                    : new Probe(BackendState.DEAD, "it does not find the GTUBE line: " + reply);
        } catch (AsynchronousCloseException e) {
            return new Probe(
                    seenUp ? BackendState.OVERLOADED : BackendState.LOADING,
                    "takes connections but does not answer: busy, or it still starts");
        } catch (IOException e) {
            return new Probe(BackendState.DEAD, String.valueOf(e));
        }
    }
}
