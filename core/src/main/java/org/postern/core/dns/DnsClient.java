// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.DnsTransport.Reply;
import org.postern.core.limits.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The resolver of a process: asks the configured servers, and remembers what they said for as long as they said.
///
/// A question in flight runs on a virtual thread of its own with its own time limit. Whoever asks the same joins
/// it, and waits no longer than its own deadline; the answer goes into the cache even when nobody waits any more.
/// The place a question takes among those in flight is given back only when it has ended.
public final class DnsClient implements DnsResolver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsClient.class);

    private final DnsTransport transport;
    private final Cache<DnsQuestion, Reply> cache;
    private final ConcurrentMap<DnsQuestion, CompletableFuture<DnsAnswer>> flights = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dns-", 0).factory());
    private final MeterRegistry meters;

    /// @param meters where `postern.dns.*` goes
    public DnsClient(DnsConfig config, MeterRegistry meters) {
        this(config, new ServerTransport(config), meters, Ticker.systemTicker());
    }

    DnsClient(DnsConfig config, DnsTransport transport, MeterRegistry meters, Ticker ticker) {
        this.transport = transport;
        this.meters = meters;
        this.places = new Semaphore(config.maxQuestions());
        this.cache = Caffeine.newBuilder()
                .maximumWeight(config.cacheSize().bytes())
                .weigher(DnsClient::weight)
                .expireAfter(Expiry.<DnsQuestion, Reply>creating((question, reply) -> reply.ttl()))
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
        meters.gauge("postern.dns.in.flight", flights, ConcurrentMap::size);
        meters.gauge("postern.dns.cached", cache, Cache::estimatedSize);
    }

    @Override
    public DnsAnswer ask(DnsQuestion question, Deadline deadline) throws InterruptedException {
        Reply cached = cache.getIfPresent(question);
        if (cached != null) {
            meters.counter("postern.dns.cache", "result", "hit").increment();
            return cached.answer();
        }
        meters.counter("postern.dns.cache", "result", "miss").increment();
        CompletableFuture<DnsAnswer> flight = flights.get(question);
        if (flight == null) {
            if (!places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return count(new Failure(Reason.OVERLOADED, "too many questions in flight for " + question));
            }
            flight = start(question);
        }
        try {
            return flight.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return count(new Failure(Reason.TIMED_OUT, "no answer to " + question + " within the mail's deadline"));
        } catch (ExecutionException e) {
            LOG.error("the question {} failed because of a defect", question, e.getCause());
            return new Failure(Reason.MALFORMED, "internal error on " + question);
        }
    }

    /// Starts the question, or joins the one that was started meanwhile. The caller has taken a place for it.
    private CompletableFuture<DnsAnswer> start(DnsQuestion question) {
        CompletableFuture<DnsAnswer> mine = new CompletableFuture<>();
        CompletableFuture<DnsAnswer> other = flights.putIfAbsent(question, mine);
        if (other != null) {
            places.release();
            return other;
        }
        try {
            threads.execute(() -> fly(question, mine));
        } catch (RejectedExecutionException _) {
            land(question, mine, new Failure(Reason.UNAVAILABLE, "the resolver is closed"));
        }
        return mine;
    }

    private void fly(DnsQuestion question, CompletableFuture<DnsAnswer> flight) {
        Timer.Sample sample = Timer.start(meters);
        DnsAnswer answer = new Failure(Reason.UNAVAILABLE, "the resolver was closed");
        try {
            Reply reply = transport.exchange(question);
            if (reply.ttl().isPositive()) {
                cache.put(question, reply);
            }
            answer = count(reply.answer());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the question {} failed because of a defect", question, e);
            answer = new Failure(Reason.MALFORMED, "internal error on " + question);
        } finally {
            sample.stop(meters.timer("postern.dns.time"));
            land(question, flight, answer);
        }
    }

    private void land(DnsQuestion question, CompletableFuture<DnsAnswer> flight, DnsAnswer answer) {
        flights.remove(question, flight);
        places.release();
        flight.complete(answer);
    }

    private DnsAnswer count(DnsAnswer answer) {
        String result = switch (answer) {
            case DnsAnswer.Answer _ -> "answer";
            case DnsAnswer.NoData _ -> "no-data";
            case DnsAnswer.NoSuchName _ -> "no-such-name";
            case Failure failure ->
                failure.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
        meters.counter("postern.dns.answers", "result", result).increment();
        return answer;
    }

    /// About the octets an entry takes in memory.
    private static int weight(DnsQuestion question, Reply reply) {
        int records = switch (reply.answer()) {
            case DnsAnswer.Answer answer ->
                answer.records().stream()
                        .mapToInt(record -> record instanceof DnsRecord.Txt txt
                                ? 60 + txt.text().length()
                                : 120)
                        .sum();
            case DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> 16;
            case Failure failure -> 80 + failure.detail().length();
        };
        return 300 + question.name().text().length() + records;
    }

    /// Ends questions in flight; what is asked later fails.
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("DNS questions are still in flight after 5 s");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        transport.close();
        cache.invalidateAll();
    }

    /// Zero or the given span, whichever is longer, but never more than the bound.
    static Duration bounded(Duration span, Duration most) {
        Duration positive = span.isNegative() ? Duration.ZERO : span;
        return positive.compareTo(most) > 0 ? most : positive;
    }
}
