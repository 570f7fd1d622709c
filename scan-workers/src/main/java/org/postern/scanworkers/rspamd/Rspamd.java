// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.postern.core.dns.DnsName;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.client.ReverseName;
import org.postern.scanworkers.pool.Backend;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel;
import org.postern.scanworkers.pool.CanaryFile;
import org.postern.scanworkers.pool.Lease;
import org.postern.scanworkers.pool.MailStream;
import org.postern.scanworkers.pool.Samples;
import org.postern.scanworkers.pool.ScoringEngine;
import org.postern.scanworkers.pool.Wire;

/// One rspamd. Scans run on many threads at once; probes on one.
final class Rspamd implements Backend {
    private static final int REPLY_MAX = 1024 * 1024;

    private final ScoringEngine engine;
    private final Duration taskTimeout;
    private final BackendAddress address;
    private final Wire wire;
    private final List<CanaryFile> canaries;
    private final RspamdMeters meters;

    /// @param taskTimeout that of rspamd: a result that took as long is partial
    Rspamd(
            ScoringEngine engine,
            Duration taskTimeout,
            BackendAddress address,
            List<CanaryFile> canaries,
            RspamdMeters meters) {
        this.engine = engine;
        this.taskTimeout = taskTimeout;
        this.address = address;
        this.wire = engine.wire(address, REPLY_MAX);
        this.canaries = canaries;
        this.meters = meters;
    }

    @Override
    public String name() {
        return address.toString();
    }

    FilterResult scan(MailTransaction mail, ReverseName client, Lease lease, Deadline deadline) {
        return wire.exchange(
                lease,
                deadline,
                channel -> {
                    try (InputStream in = MailStream.of(mail.content()::newInputStream)) {
                        send(channel, envelope(mail, client), in, mail.content().size());
                    }
                },
                reply -> result(RspamdReply.parse(reply, taskTimeout)));
    }

    private FilterResult result(RspamdReply reply) {
        meters.answered(name(), reply);
        return switch (reply) {
            case RspamdReply.Scored scored -> engine.result("RSPAMD_SCORE", scored.score(), scored.symbols());
            case RspamdReply.Partial partial ->
                new NoVerdict(NoVerdictReason.TIMED_OUT, name() + ": partial result: " + partial.text());
            case RspamdReply.Failed failed ->
                new NoVerdict(NoVerdictReason.BACKEND_ERROR, name() + ": " + failed.text());
        };
    }

    /// The envelope as header fields of the request.
    private static String envelope(MailTransaction mail, ReverseName client) {
        StringBuilder fields = new StringBuilder();
        field(fields, "Ip", mail.client().address().getHostAddress());
        if (client instanceof ReverseName.Confirmed(DnsName name)) {
            field(fields, "Hostname", name.text());
        }
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
        Wire.send(channel, head, mail);
    }

    @Override
    public Probe probe(boolean seenUp, Deadline deadline) {
        List<Wire.Canary> all = new ArrayList<>();
        all.add(canary(
                Samples.gtube(),
                scored -> scored.action().equals("reject")
                        ? Optional.empty()
                        : Optional.of("it does not find the GTUBE line: " + scored)));
        all.add(canary(
                Samples.clean(),
                scored -> scored.action().equals("reject")
                        ? Optional.of("a clean mail is spam to it: " + scored)
                        : Optional.empty()));
        canaries.forEach(each -> all.add(canary(each.octets(), scored -> each.wrong(scored.spam(), scored.names()))));
        return wire.probe(seenUp, deadline, all, "rspamd, finds the GTUBE line and lets a clean mail pass");
    }

    /// Probes must not be learned from or logged as mail.
    private Wire.Canary canary(byte[] mail, Function<RspamdReply.Scored, Optional<String>> wrong) {
        return new Wire.Canary(
                channel -> send(channel, "Flags: no_stat,no_log\r\n", new ByteArrayInputStream(mail), mail.length),
                octets -> switch (RspamdReply.parse(octets, taskTimeout)) {
                    case RspamdReply.Scored scored -> wrong.apply(scored);
                    case RspamdReply.Partial partial -> Optional.of("no whole verdict on a probe: " + partial.text());
                    case RspamdReply.Failed failed -> Optional.of("no verdict on a probe: " + failed.text());
                });
    }
}
