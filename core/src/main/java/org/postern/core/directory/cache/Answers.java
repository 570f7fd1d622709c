// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;

/// Remembered answers to one kind of question.
///
/// A fresh answer costs no lock. When there is none, one virtual thread asks on behalf of all who want to
/// know the same; each waits within its own deadline, or gets the old answer.
final class Answers<K, V> {
    /// Asks the directory.
    interface Source<K, V> {
        Lookup<V> ask(K key, Deadline deadline);
    }

    private final CacheConfig config;
    private final Ticker ticker;
    private final Source<K, V> source;
    private final Semaphore questions;
    private final Cache<K, Remembered<V>> remembered;
    private final ConcurrentMap<K, CompletableFuture<Lookup<V>>> pending = new ConcurrentHashMap<>();
    private final AtomicLong epoch = new AtomicLong();
    private final Counter hits;
    private final Counter asked;
    private final Counter stale;
    private final Timer staleAge;

    Answers(
            String kind,
            CacheConfig config,
            Semaphore questions,
            Ticker ticker,
            MeterRegistry meters,
            Source<K, V> source) {
        this.config = config;
        this.ticker = ticker;
        this.source = source;
        this.questions = questions;
        remembered = Caffeine.newBuilder()
                .maximumSize(config.size())
                .ticker(ticker)
                .expireAfter(Expiry.<K, Remembered<V>>writing((_, answer) -> lifetime(answer)))
                .build();
        hits = meters.counter("postern.directory.cache", "kind", kind, "result", "hit");
        asked = meters.counter("postern.directory.cache", "kind", kind, "result", "asked");
        stale = meters.counter("postern.directory.cache", "kind", kind, "result", "stale");
        staleAge = meters.timer("postern.directory.cache.stale.age", "kind", kind);
        meters.gauge("postern.directory.cache.size", Tags.of("kind", kind), remembered, Cache::estimatedSize);
    }

    private Duration lifetime(Remembered<V> answer) {
        // From the answer's own age, as it is written again when the directory does not answer.
        return Duration.ofNanos(Math.max(1, answer.servedUntil() - ticker.read()));
    }

    Lookup<V> get(K key, Deadline deadline) {
        Remembered<V> old = remembered.getIfPresent(key);
        long now = ticker.read();
        if (old != null && old.isFresh(now)) {
            hits.increment();
            return old.answer();
        }
        boolean usable = old != null && old.mayBeServedOld(now);
        if (old != null && usable && old.isHeldOff(now)) {
            return serveOld(old, now);
        }
        Lookup<V> answer = await(ask(key), usable ? deadline.within(config.staleWait()) : deadline);
        if (old != null && usable && answer instanceof Lookup.Undetermined) {
            return serveOld(old, now);
        }
        return answer;
    }

    private Lookup<V> serveOld(Remembered<V> old, long now) {
        stale.increment();
        staleAge.record(now - old.since(), TimeUnit.NANOSECONDS);
        return old.answer();
    }

    /// What is remembered, for people.
    String describe(K key) {
        Remembered<V> old = remembered.getIfPresent(key);
        if (old == null) {
            return "nothing remembered";
        }
        long now = ticker.read();
        return old.answer() + ", " + Duration.ofNanos(now - old.since()).toSeconds() + " s old"
                + (old.isFresh(now) ? "" : ", to be asked again");
    }

    private CompletableFuture<Lookup<V>> ask(K key) {
        CompletableFuture<Lookup<V>> mine = new CompletableFuture<>();
        CompletableFuture<Lookup<V>> others = pending.putIfAbsent(key, mine);
        if (others != null) {
            return others;
        }
        asked.increment();
        long begun = epoch.get();
        Thread.ofVirtual().name("directory-question").start(() -> {
            Lookup<V> answer = new Lookup.Undetermined<>("the question was not asked");
            try {
                answer = askNow(key);
                remember(key, answer, begun);
            } finally {
                pending.remove(key, mine);
                mine.complete(answer);
            }
        });
        return mine;
    }

    private Lookup<V> askNow(K key) {
        Deadline deadline = Deadline.in(config.askTimeout());
        try {
            if (!questions.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return new Lookup.Undetermined<>("the directory is asked too much already");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Lookup.Undetermined<>("interrupted");
        }
        try {
            return source.ask(key, deadline);
        } catch (RuntimeException e) {
            return new Lookup.Undetermined<>("the directory failed: " + e);
        } finally {
            questions.release();
        }
    }

    private void remember(K key, Lookup<V> answer, long begun) {
        long now = ticker.read();
        switch (answer) {
            case Lookup.Known<V>(var _) -> put(key, answer, now, config.knownFor(), begun);
            case Lookup.Unknown<V>() -> {
                remembered.invalidate(key);
                if (config.unknownFor().isPositive()) {
                    put(key, answer, now, config.unknownFor(), begun);
                }
            }
            case Lookup.Undetermined<V>(var _) ->
                remembered
                        .asMap()
                        .computeIfPresent(
                                key,
                                (_, old) -> old.heldOffUntil(
                                        now + config.retryAfter().toNanos()));
        }
    }

    /// An answer to a question from before a flush is not kept.
    private void put(K key, Lookup<V> answer, long now, Duration fresh, long begun) {
        long freshUntil = now + fresh.toNanos();
        boolean mayGetOld = answer instanceof Lookup.Known;
        long servedUntil = mayGetOld ? freshUntil + config.staleFor().toNanos() : freshUntil;
        remembered.put(key, new Remembered<>(answer, now, freshUntil, servedUntil, now));
        if (epoch.get() != begun) {
            remembered.invalidate(key);
        }
    }

    private Lookup<V> await(CompletableFuture<Lookup<V>> answer, Deadline deadline) {
        try {
            return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Lookup.Undetermined<>("the directory did not answer in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Lookup.Undetermined<>("interrupted");
        } catch (ExecutionException e) {
            return new Lookup.Undetermined<>("the directory failed: " + e.getCause());
        }
    }

    /// Forgets all for which the test holds; returns how many those were.
    int forget(BiPredicate<K, @Nullable V> test) {
        epoch.incrementAndGet();
        AtomicInteger forgotten = new AtomicInteger();
        remembered.asMap().forEach((key, old) -> {
            V value = old.answer() instanceof Lookup.Known<V>(V known) ? known : null;
            if (test.test(key, value)) {
                remembered.invalidate(key);
                forgotten.incrementAndGet();
            }
        });
        return forgotten.get();
    }
}
