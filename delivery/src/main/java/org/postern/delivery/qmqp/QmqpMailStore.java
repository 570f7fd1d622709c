// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.text.PlainText;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.net.DeadlineInputStream;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;

/// Hands mail to any QMQP server: one connection a mail. The next server is tried only when a connection fails; what
/// fails after that is `Indeterminate`, since QMQP has no identity with which to ask again.
public final class QmqpMailStore implements MailStore {
    private static final int ANSWER_MAX = 2000;
    private static final Duration RESERVE = Duration.ofMillis(50);

    private final HandoffClientConfig config;
    private final NamedHosts hosts;
    private final MeterRegistry meters;
    private final Watchdog watchdog = new Watchdog();
    private final Semaphore places;
    private final AtomicReference<String> trouble = new AtomicReference<>("");

    /// @param dns finds the servers' addresses
    public QmqpMailStore(HandoffClientConfig config, DnsResolver dns, MeterRegistry meters) {
        this.hosts = new NamedHosts(dns);
        this.config = config;
        this.meters = meters;
        this.places = new Semaphore(config.connectionsMax());
    }

    @Override
    public HandoffResult handOver(Handoff handoff, Deadline until) {
        HandoffResult result = bounded(handoff, until.keeping(RESERVE));
        meters.counter(
                        "postern.handoff.qmqp",
                        "outcome",
                        result.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .increment();
        return result;
    }

    private HandoffResult bounded(Handoff handoff, Deadline deadline) {
        if (handoff.envelope().parameters().requireTls()) {
            // RFC 8689 section 4.2.1: the demand would be lost on the way.
            return new HandoffResult.Refused(true, "REQUIRETLS was asked for, and plain QMQP cannot pass it on");
        }
        Optional<Envelope> envelope = envelope(handoff);
        if (envelope.isEmpty()) {
            return new HandoffResult.Refused(
                    false, "plain QMQP cannot say quarantine; set quarantine-address, or use protocol postern");
        }
        try {
            if (!places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return new HandoffResult.Refused(false, "all connections to the QMQP servers are busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new HandoffResult.Refused(false, "interrupted before anything was sent");
        }
        try {
            return choose(handoff, envelope.get(), deadline);
        } finally {
            places.release();
        }
    }

    private Optional<Envelope> envelope(Handoff handoff) {
        if (handoff.disposition() == Disposition.DELIVER) {
            return Optional.of(handoff.envelope());
        }
        return config.quarantineAddress()
                .map(address -> Envelope.of(handoff.envelope().reversePath(), List.of(new ForwardPath(address))));
    }

    private HandoffResult choose(Handoff handoff, Envelope envelope, Deadline deadline) {
        StringBuilder why = new StringBuilder();
        for (HostAndPort server : config.stores()) {
            if (deadline.expired()) {
                break;
            }
            Socket socket;
            try {
                socket = hosts.connect(server, deadline.within(config.connectTimeout()));
            } catch (IOException e) {
                why.append(server).append(": ").append(e.getMessage()).append("; ");
                continue;
            }
            trouble.set("");
            return talk(socket, server, handoff, envelope, deadline);
        }
        trouble.set("no QMQP server can be reached: " + why);
        return new HandoffResult.Refused(false, trouble.get());
    }

    private HandoffResult talk(
            Socket connected, HostAndPort server, Handoff handoff, Envelope envelope, Deadline deadline) {
        boolean[] complete = new boolean[1];
        try (Socket socket = connected;
                Watchdog.Guard _ = watchdog.guard(socket, deadline)) {
            DeadlineInputStream in = new DeadlineInputStream(socket, 0);
            in.until(deadline, false);
            boolean lf = config.qmqpLineEndings() == HandoffClientConfig.QmqpLineEndings.LF;
            QmqpMessage message = new QmqpMessage(handoff.content(), lf);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
            message.writeTo(envelope, out, () -> complete[0] = true);
            out.flush();
            return answer(new NetstringReader(in, ANSWER_MAX + 12).string(ANSWER_MAX), server);
        } catch (IOException e) {
            return lost(complete[0], server, e);
        }
    }

    private static HandoffResult lost(boolean complete, HostAndPort server, IOException e) {
        String detail = "QMQP server " + server + ": " + e;
        // A server throws away what it did not get to the last octet.
        return complete ? new HandoffResult.Indeterminate(detail) : new HandoffResult.Refused(false, detail);
    }

    private static HandoffResult answer(byte[] octets, HostAndPort server) {
        String text = PlainText.of(new String(octets, StandardCharsets.UTF_8));
        String rest = text.isEmpty() ? "" : text.substring(1);
        return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
            case 'K' -> new HandoffResult.Accepted(rest.strip(), false);
            case 'D' -> new HandoffResult.Refused(true, server + ": " + rest);
            case 'Z' -> new HandoffResult.Refused(false, server + ": " + rest);
            default -> new HandoffResult.Indeterminate(server + " answered neither K, Z nor D: " + text);
        };
    }

    /// QMQP has no place for it.
    @Override
    public void proven(HandoffId id) {}

    @Override
    public Availability availability() {
        String now = trouble.get();
        // QMQP has nothing to ask a server with: only mail finds out whether it is back.
        return new Availability(true, now.isEmpty() ? "QMQP" : now);
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
