// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;

/// Asks recursive servers over UDP, and over TCP where an answer is cut. RFC 1035 section 4.2, RFC 7766.
///
/// The server that answered last is asked first. A server that answers with an error is not asked the same again;
/// one that is silent is, until the tries or the time are used up.
final class ServerTransport implements DnsTransport {
    private static final int ALIASES_MAX = 8;

    private final DnsConfig config;
    private final List<SimpleResolver> servers;
    private final ExecutorService callbacks = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dns-io-", 0).factory());
    private volatile int preferred;

    ServerTransport(DnsConfig config) {
        this.config = config;
        this.servers = addresses(config).stream()
                .map(address -> {
                    SimpleResolver server = new SimpleResolver(address);
                    server.setTimeout(config.tryTimeout());
                    return server;
                })
                .toList();
    }

    private static List<InetSocketAddress> addresses(DnsConfig config) {
        if (config.servers().isEmpty()) {
            return ResolverConfig.getCurrentConfig().servers();
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (HostAndPort server : config.servers()) {
            try {
                addresses.add(server.resolve());
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(
                        "the DNS server \"" + server + "\" has no address; write an address such as 127.0.0.1:53", e);
            }
        }
        return addresses;
    }

    @Override
    public Reply exchange(DnsQuestion question) throws InterruptedException {
        Deadline deadline = Deadline.in(config.timeout());
        DnsName name = question.name();
        Duration ttl = config.maxTtl();
        for (int aliases = 0; aliases <= ALIASES_MAX; aliases++) {
            switch (send(new DnsQuestion(name, question.type()), deadline)) {
                case Sent.Broken broken -> {
                    return new Reply(broken.failure(), config.failureTtl());
                }
                case Sent.Answered answered -> {
                    MessageReader reader = new MessageReader(answered.message(), name, question.type());
                    Duration chain = DnsClient.bounded(reader.ttl(), ttl);
                    if (reader.unfinishedAlias().isEmpty()) {
                        return reader.answer() instanceof DnsAnswer.Answer answer
                                ? new Reply(answer, chain)
                                : negative(reader, chain);
                    }
                    name = reader.unfinishedAlias().get();
                    ttl = chain;
                }
            }
        }
        return new Reply(new Failure(Reason.MALFORMED, "aliases lead nowhere from " + question), config.failureTtl());
    }

    private Reply negative(MessageReader reader, Duration chain) {
        return reader.answer() instanceof Failure failure
                ? new Reply(failure, config.failureTtl())
                : new Reply(reader.answer(), DnsClient.bounded(chain, config.maxNegativeTtl()));
    }

    private sealed interface Sent {
        record Answered(Message message) implements Sent {}

        record Broken(Failure failure) implements Sent {}
    }

    private Sent send(DnsQuestion question, Deadline deadline) throws InterruptedException {
        Set<Integer> refusing = new HashSet<>();
        Failure last = new Failure(Reason.TIMED_OUT, "no answer to " + question);
        int start = preferred;
        for (int attempt = 0; attempt < config.tries() && !deadline.expired(); attempt++) {
            int index = (start + attempt) % servers.size();
            if (refusing.contains(index)) {
                continue;
            }
            SimpleResolver server = servers.get(index);
            switch (sendOnce(question, server, deadline)) {
                case Sent.Answered answered -> {
                    int rcode = answered.message().getHeader().getRcode();
                    if (rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN) {
                        preferred = index;
                        return answered;
                    }
                    refusing.add(index);
                    last = new Failure(
                            rcode == Rcode.REFUSED ? Reason.REFUSED : Reason.SERVER_FAILURE,
                            server.getAddress() + " answered " + Rcode.string(rcode) + " to " + question);
                }
                case Sent.Broken broken -> last = broken.failure();
            }
        }
        return new Sent.Broken(last);
    }

    private Sent sendOnce(DnsQuestion question, SimpleResolver server, Deadline deadline) throws InterruptedException {
        Message query = Message.newQuery(
                Record.newRecord(Names.toDnsjava(question.name()), Names.type(question.type()), DClass.IN));
        CompletableFuture<Message> pending = server.sendAsync(query, callbacks).toCompletableFuture();
        try {
            // The library ends the wait itself; the second is for the case that it does not.
            Deadline patience = deadline.within(config.tryTimeout().plusSeconds(1));
            return new Sent.Answered(pending.get(patience.remainingNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            pending.cancel(true);
            return broken(Reason.TIMED_OUT, server, question, "no answer");
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String text = String.valueOf(cause == null ? e : cause);
            boolean late = text.contains("imed out") || text.contains("imeout");
            return broken(
                    late ? Reason.TIMED_OUT : cause instanceof IOException ? Reason.NETWORK : Reason.MALFORMED,
                    server,
                    question,
                    text);
        }
    }

    private static Sent broken(Reason reason, SimpleResolver server, DnsQuestion question, String text) {
        return new Sent.Broken(new Failure(reason, server.getAddress() + " to " + question + ": " + text));
    }

    @Override
    public void close() {
        callbacks.shutdownNow();
    }
}
