// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.LongSupplier;

/// A [LeakyBucket] for each of many keys. Bounded: of too many keys the least used are forgotten. Any thread; never
/// blocks for longer than an addition takes.
///
/// @param <K> with `equals` and `hashCode`
public final class LeakyCounters<K> {
    private final Rate rate;
    private final LongSupplier nanoTime;
    private final Cache<K, LeakyBucket> buckets;

    /// @param keysMax how many keys are remembered, 1 or more
    /// @param nanoTime monotonic nanoseconds
    public LeakyCounters(Rate rate, int keysMax, LongSupplier nanoTime) {
        this.rate = rate;
        this.nanoTime = nanoTime;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(keysMax)
                // By then it is empty again.
                .expireAfterAccess(rate.per())
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /// Adds one where there is room for it. Without a bound there always is.
    ///
    /// @return whether there was room
    public boolean take(K key) {
        return rate.unlimited() || bucket(key).take();
    }

    /// Adds one, also to a bucket that is full, which then stays full.
    public void add(K key) {
        if (!rate.unlimited()) {
            bucket(key).add();
        }
    }

    /// Whether there is room for one more. Adds nothing.
    public boolean hasRoom(K key) {
        LeakyBucket bucket = buckets.getIfPresent(key);
        return bucket == null || bucket.hasRoom();
    }

    /// How many there are now, rounded up.
    public int count(K key) {
        LeakyBucket bucket = buckets.getIfPresent(key);
        return bucket == null ? 0 : bucket.count();
    }

    private LeakyBucket bucket(K key) {
        return buckets.get(key, _ -> new LeakyBucket(rate, nanoTime));
    }
}
