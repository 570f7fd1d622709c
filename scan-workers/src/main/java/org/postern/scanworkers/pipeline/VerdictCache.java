// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.Findings;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ContentDigest;
import org.postern.core.mail.MailTransaction;

/// What filters found in contents that came lately, and the scans of contents that are being looked at right now.
/// See docs/adr/0023-verdict-cache.md. Many threads ask.
///
/// Only filters whose answer depends on the content alone take part; the state of their engine is part of the key.
/// Silence is never kept. A second delivery of a content joins the scan that runs; when that ends because its own
/// mail had no time left or needed it no more, one of those that joined scans anew and the others join that.
final class VerdictCache {
    private static final int ENTRY = 400;

    private record Key(String filter, String state, ContentDigest digest) {}

    private final MeterRegistry meters;
    private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();
    private final String farm;
    private final boolean enabled;
    private final Cache<Key, Findings> cache;
    private final ConcurrentMap<Key, CompletableFuture<FilterResult>> running = new ConcurrentHashMap<>();

    VerdictCache(String farm, PipelineConfig config, MeterRegistry meters, Ticker ticker) {
        this.farm = farm;
        this.meters = meters;
        this.enabled = config.verdictCacheSize().bytes() > 0;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(config.verdictCacheSize().bytes())
                .weigher(VerdictCache::weight)
                .expireAfterWrite(config.verdictCacheAge())
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
        Tags tags = Tags.of("farm", farm);
        Gauge.builder("postern.verdict.cache.entries", cache, Cache::estimatedSize)
                .description("findings that are kept for contents that may come again")
                .tags(tags)
                .register(meters);
        Gauge.builder("postern.verdict.cache.running", running, ConcurrentMap::size)
                .description("scans that a second delivery of the same content would join")
                .tags(tags)
                .register(meters);
    }

    /// Asks the backend or the memory of a filter.
    @FunctionalInterface
    interface Question {
        FilterResult ask() throws InterruptedException;
    }

    /// What is known of the content of a mail; costs one look into memory.
    Optional<Findings> known(Filter filter, MailTransaction mail) {
        Optional<Findings> known = key(filter, mail).map(cache::getIfPresent);
        if (known.isPresent()) {
            count(filter, "hit");
        }
        return known;
    }

    /// Answers from the cache or with somebody else's scan, or else asks.
    FilterResult through(Filter filter, MailTransaction mail, Deadline deadline, Question question)
            throws InterruptedException {
        Optional<Key> key = key(filter, mail);
        return key.isEmpty() ? question.ask() : through(key.get(), filter, deadline, question);
    }

    private FilterResult through(Key key, Filter filter, Deadline deadline, Question question)
            throws InterruptedException {
        while (true) {
            Findings known = cache.getIfPresent(key);
            if (known != null) {
                count(filter, "hit");
                return known;
            }
            CompletableFuture<FilterResult> mine = new CompletableFuture<>();
            CompletableFuture<FilterResult> other = running.putIfAbsent(key, mine);
            if (other == null) {
                count(filter, "miss");
                return lead(key, mine, question);
            }
            count(filter, "joined");
            FilterResult theirs = join(other, deadline);
            if (!isOfTheOtherMailOnly(theirs) || deadline.expired()) {
                return theirs;
            }
        }
    }

    private FilterResult lead(Key key, CompletableFuture<FilterResult> mine, Question question)
            throws InterruptedException {
        FilterResult result = new NoVerdict(NoVerdictReason.NOT_NEEDED, "the first delivery gave up");
        try {
            result = question.ask();
            if (result instanceof Findings findings) {
                cache.put(key, findings);
            }
            return result;
        } finally {
            running.remove(key, mine);
            mine.complete(result);
        }
    }

    private static FilterResult join(CompletableFuture<FilterResult> other, Deadline deadline)
            throws InterruptedException {
        try {
            return other.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new NoVerdict(
                    NoVerdictReason.TIMED_OUT, "the same content is being scanned for another delivery, without end");
        } catch (ExecutionException e) {
            throw new AssertionError("a scan never fails, it has no verdict", e);
        }
    }

    /// Silence because the other mail's time was over, or because it was judged without: that says nothing of ours.
    private static boolean isOfTheOtherMailOnly(FilterResult theirs) {
        return theirs instanceof NoVerdict silence
                && switch (silence.reason()) {
                    case TIMED_OUT, OVERLOADED, NOT_NEEDED -> true;
                    case UNAVAILABLE, LOADING, TOO_LARGE, BACKEND_ERROR, INTERNAL_ERROR -> false;
                };
    }

    private Optional<Key> key(Filter filter, MailTransaction mail) {
        return enabled
                ? filter.contentState().map(state -> new Key(filter.name(), state, mail.digest()))
                : Optional.empty();
    }

    private void count(Filter filter, String result) {
        // Looked up once: a registry takes longer for that than the cache for its answer.
        counters.computeIfAbsent(
                        filter.name() + " " + result,
                        name -> meters.counter(
                                "postern.verdict.cache", "farm", farm, "filter", filter.name(), "result", result))
                .increment();
    }

    /// About the octets an entry takes in memory.
    private static int weight(Key key, Findings findings) {
        return ENTRY
                + findings.findings().stream()
                        .mapToInt(finding -> 200 + 2 * finding.evidence().length())
                        .sum()
                + findings.trace().add().stream()
                        .mapToInt(field -> 200 + 2 * field.value().length())
                        .sum()
                + 300 * findings.extracts().size();
    }
}
