// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.limits.Deadline;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;

/// Asks one recursive server that validates DNSSEC, and believes the AD bit of its answers.
/// RFC 6840 section 5.7.
///
/// The server must be reached over a way on which nobody else can write; one on this machine, that is. It
/// has a cache of its own, so there is none here.
public final class ValidatingResolver implements SecureDns, AutoCloseable {
    private static final Duration TRY = Duration.ofSeconds(3);
    private static final int TRIES = 3;

    private final SimpleResolver server;
    private final ExecutorService callbacks = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dnssec-", 0).factory());

    /// @param address of a resolver that validates DNSSEC and is reached on a path nobody else can write to;
    ///     `IllegalArgumentException` where its name has no address
    public ValidatingResolver(HostAndPort address) {
        try {
            server = new SimpleResolver(address.resolve());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "the DNS server \"" + address + "\" has no address; write an address such as 127.0.0.1:53", e);
        }
        server.setTimeout(TRY);
    }

    @Override
    public Vouched ask(DnsQuestion question, Deadline deadline) throws InterruptedException {
        Vouched last = unknown(question, Reason.TIMED_OUT, "no answer to " + question);
        for (int i = 0; i < TRIES && !deadline.expired(); i++) {
            Message query = Message.newQuery(
                    Record.newRecord(Names.toDnsjava(question.name()), Names.type(question.type()), DClass.IN));
            query.getHeader().setFlag(Flags.AD);
            CompletableFuture<Message> pending =
                    server.sendAsync(query, callbacks).toCompletableFuture();
            try {
                Deadline patience = deadline.within(TRY.plusSeconds(1));
                return read(question, pending.get(patience.remainingNanos(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException _) {
                pending.cancel(true);
            } catch (InterruptedException e) {
                pending.cancel(true);
                throw e;
            } catch (ExecutionException e) {
                last = unknown(question, Reason.NETWORK, question + ": " + e.getCause());
            }
        }
        return last;
    }

    private static Vouched read(DnsQuestion question, Message message) {
        int rcode = message.getHeader().getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
            // A forged answer comes as SERVFAIL.
            return unknown(question, Reason.SERVER_FAILURE, question + ": " + Rcode.string(rcode));
        }
        MessageReader reader = new MessageReader(message, question.name(), question.type());
        if (reader.unfinishedAlias().isPresent()) {
            // A server that validates follows aliases to their end; nobody vouched for what comes after this one.
            return unknown(question, Reason.MALFORMED, question + ": the answer ends in an alias");
        }
        return new Vouched(reader.answer(), message.getHeader().getFlag(Flags.AD), reader.owner());
    }

    private static Vouched unknown(DnsQuestion question, Reason reason, String detail) {
        return new Vouched(new Failure(reason, detail), false, question.name());
    }

    @Override
    public void close() {
        callbacks.shutdownNow();
    }
}
