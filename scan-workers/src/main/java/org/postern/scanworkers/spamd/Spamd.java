// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

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

/// One spamd. Scans run on many threads at once; probes on one.
final class Spamd implements Backend {
    private static final int REPLY_MAX = 64 * 1024;
    private static final double GTUBE_SCORE = 100;

    private final SpamdConfig config;
    private final BackendAddress address;

    Spamd(SpamdConfig config, BackendAddress address) {
        this.config = config;
        this.address = address;
    }

    @Override
    public String name() {
        return address.toString();
    }

    /// Has a mail scored. Goes on after the deadline while spamd works on it, at most for the configured time.
    FilterResult scan(MailTransaction mail, Lease lease, Deadline deadline) {
        BackendChannel channel;
        try {
            channel = open(deadline);
        } catch (IOException e) {
            return new NoVerdict(NoVerdictReason.UNAVAILABLE, name() + ": " + e);
        }
        byte[] trace = TraceHeader.of(mail);
        try (channel;
                BackendChannel.TimeLimit _ =
                        channel.closeIn(deadline.remaining().plus(config.abandonTimeout()));
                InputStream in = mail.content().newInputStream()) {
            lease.whenAbandoned(channel::close);
            send(channel, trace, in, mail.content().size());
            lease.whenAbandoned(() -> {});
            return result(SpamdReply.parse(channel.readAll(REPLY_MAX)));
        } catch (IOException e) {
            return new NoVerdict(
                    lease.abandoned() ? NoVerdictReason.TIMED_OUT : NoVerdictReason.BACKEND_ERROR, name() + ": " + e);
        }
    }

    private FilterResult result(SpamdReply reply) {
        return switch (reply) {
            case SpamdReply.Scored scored -> {
                double score = Math.clamp(scored.score(), config.lowestScore(), config.highestScore());
                yield score == 0
                        ? FilterResult.nothing()
                        : new FilterResult.Findings(List.of(new Finding("SPAMD_SCORE", score, scored.symbols())));
            }
            case SpamdReply.Failed failed ->
                new NoVerdict(
                        failed.temporary() ? NoVerdictReason.OVERLOADED : NoVerdictReason.BACKEND_ERROR,
                        name() + ": " + failed.text());
        };
    }

    private BackendChannel open(Deadline deadline) throws IOException {
        Duration patience = config.connectTimeout().compareTo(deadline.remaining()) < 0
                ? config.connectTimeout()
                : deadline.remaining();
        return BackendChannel.open(address, patience);
    }

    private static void send(BackendChannel channel, byte[] trace, InputStream mail, long size) throws IOException {
        byte[] head = ("SYMBOLS SPAMC/1.5\r\nContent-length: " + (trace.length + size) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(head));
        channel.write(ByteBuffer.wrap(trace));
        byte[] block = new byte[64 * 1024];
        for (int n = mail.read(block); n >= 0; n = mail.read(block)) {
            channel.write(ByteBuffer.wrap(block, 0, n));
        }
        channel.endOutput();
    }

    @Override
    public Probe probe(boolean seenUp, Deadline deadline) throws InterruptedException {
        BackendChannel channel;
        try {
            channel = open(deadline);
        } catch (IOException e) {
            return new Probe(BackendState.DEAD, e.getMessage() + "; is spamd running?");
        }
        byte[] sample = ("From: postern@localhost\r\nTo: postern@localhost\r\nSubject: probe\r\n\r\n"
                        + TestPatterns.gtube() + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (channel;
                BackendChannel.TimeLimit _ = channel.closeIn(deadline.remaining())) {
            send(channel, new byte[0], new ByteArrayInputStream(sample), sample.length);
            SpamdReply reply = SpamdReply.parse(channel.readAll(REPLY_MAX));
            return reply instanceof SpamdReply.Scored scored && scored.score() >= GTUBE_SCORE
                    ? new Probe(BackendState.UP, "SpamAssassin, finds the GTUBE line")
                    : new Probe(BackendState.DEAD, "it does not find the GTUBE line: " + reply);
        } catch (AsynchronousCloseException e) {
            return new Probe(
                    seenUp ? BackendState.OVERLOADED : BackendState.LOADING,
                    "takes connections but does not answer: all children are busy, or it still starts");
        } catch (IOException e) {
            return new Probe(BackendState.DEAD, String.valueOf(e));
        }
    }
}
