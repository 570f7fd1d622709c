// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.client.ReverseName;
import org.postern.scanworkers.pool.AnswerMeter;
import org.postern.scanworkers.pool.Backend;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel;
import org.postern.scanworkers.pool.CanaryFile;
import org.postern.scanworkers.pool.Lease;
import org.postern.scanworkers.pool.MailStream;
import org.postern.scanworkers.pool.Samples;
import org.postern.scanworkers.pool.ScoringEngine;
import org.postern.scanworkers.pool.Wire;

/// One spamd. Scans run on many threads at once; probes on one.
final class Spamd implements Backend {
    private static final int REPLY_MAX = 64 * 1024;

    private final ScoringEngine engine;
    private final BackendAddress address;
    private final Wire wire;
    private final List<CanaryFile> canaries;
    private final AnswerMeter answers;

    Spamd(ScoringEngine engine, BackendAddress address, List<CanaryFile> canaries, AnswerMeter answers) {
        this.engine = engine;
        this.address = address;
        this.wire = engine.wire(address, REPLY_MAX);
        this.canaries = canaries;
        this.answers = answers;
    }

    @Override
    public String name() {
        return address.toString();
    }

    FilterResult scan(MailTransaction mail, ReverseName client, Lease lease, Deadline deadline) {
        byte[] trace = TraceHeader.of(mail, client);
        return wire.exchange(
                lease,
                deadline,
                channel -> {
                    try (InputStream in = MailStream.of(mail.content()::newInputStream)) {
                        send(
                                channel,
                                trace.length + mail.content().size(),
                                new SequenceInputStream(new ByteArrayInputStream(trace), in));
                    }
                },
                reply -> result(SpamdReply.parse(reply)));
    }

    private FilterResult result(SpamdReply reply) {
        answers.count(name(), reply.word());
        return switch (reply) {
            case SpamdReply.Scored scored -> engine.result("SPAMD_SCORE", scored.score(), scored.symbols());
            case SpamdReply.Failed failed ->
                new NoVerdict(
                        failed.temporary() ? NoVerdictReason.OVERLOADED : NoVerdictReason.BACKEND_ERROR,
                        name() + ": " + failed.text());
        };
    }

    private static void send(BackendChannel channel, long size, InputStream mail) throws IOException {
        byte[] head = ("SYMBOLS SPAMC/1.5\r\nContent-length: " + size + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        Wire.send(channel, head, mail);
        channel.endOutput();
    }

    @Override
    public Probe probe(boolean seenUp, Deadline deadline) {
        List<Wire.Canary> all = new ArrayList<>();
        all.add(canary(
                Samples.gtube(),
                scored -> scored.score() >= ScoringEngine.GTUBE_SCORE
                        ? Optional.empty()
                        : Optional.of("it does not find the GTUBE line: " + scored)));
        all.add(canary(
                Samples.clean(),
                scored -> scored.score() < ScoringEngine.GTUBE_SCORE
                        ? Optional.empty()
                        : Optional.of("a clean mail is spam to it: " + scored)));
        canaries.forEach(each -> all.add(canary(each.octets(), scored -> each.wrong(scored.spam(), scored.names()))));
        return wire.probe(seenUp, deadline, all, "SpamAssassin, finds the GTUBE line and lets a clean mail pass");
    }

    private static Wire.Canary canary(byte[] mail, Function<SpamdReply.Scored, Optional<String>> wrong) {
        return new Wire.Canary(
                channel -> send(channel, mail.length, new ByteArrayInputStream(mail)),
                octets -> switch (SpamdReply.parse(octets)) {
                    case SpamdReply.Scored scored -> wrong.apply(scored);
                    case SpamdReply.Failed failed -> Optional.of("no verdict on a probe: " + failed.text());
                });
    }
}
