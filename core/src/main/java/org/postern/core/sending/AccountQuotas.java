// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LocalBucket;
import io.github.bucket4j.local.LocalBucketBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.mail.MailAddress;

/// Token buckets for each account: of this process, and of the whole farm where counters are shared. The shared ones
/// decide while they answer; the local ones are kept up meanwhile, so that nobody starts anew when they do not.
public final class AccountQuotas implements SendingQuotas, AutoCloseable {
    private static final int ACCOUNTS_MAX = 100_000;

    private final Kind messages;
    private final Kind recipients;
    private final Optional<SharedCounters> shared;
    private final MeterRegistry meters;

    /// Opens no connection yet.
    public AccountQuotas(SendingConfig config, MeterRegistry meters) {
        this(config, meters, TimeMeter.SYSTEM_NANOTIME);
    }

    AccountQuotas(SendingConfig config, MeterRegistry meters, TimeMeter clock) {
        this.meters = meters;
        messages = new Kind(new Allowance("messages", config.messagesPerHour(), config.messagesPerDay()), clock);
        recipients =
                new Kind(new Allowance("recipients", config.recipientsPerHour(), config.recipientsPerDay()), clock);
        shared = config.shared().map(where -> new SharedCounters(where, meters));
    }

    /// What is counted.
    private static final class Kind {
        private final Allowance allowance;
        private final Optional<BucketConfiguration> limits;
        private final LoadingCache<MailAddress, Bucket> local;

        Kind(Allowance allowance, TimeMeter clock) {
            this.allowance = allowance;
            limits = allowance.buckets();
            // A bucket nobody touched for a day is full again.
            local = Caffeine.newBuilder()
                    .maximumSize(ACCOUNTS_MAX)
                    .expireAfterAccess(Duration.ofHours(25))
                    .ticker(clock::currentTimeNanos)
                    .build(_ -> bucket(clock));
        }

        private LocalBucket bucket(TimeMeter clock) {
            LocalBucketBuilder builder = Bucket.builder().withCustomTimePrecision(clock);
            for (var limit : limits.orElseThrow().getBandwidths()) {
                builder.addLimit(limit);
            }
            return builder.build();
        }
    }

    @Override
    public Answer message(MailAddress account) {
        return take(messages, account.foldedCase());
    }

    @Override
    public Answer recipient(MailAddress account) {
        return take(recipients, account.foldedCase());
    }

    private Answer take(Kind kind, MailAddress account) {
        if (kind.limits.isEmpty()) {
            return new Answer.Granted();
        }
        Bucket local = kind.local.get(account);
        Optional<ConsumptionProbe> together =
                shared.flatMap(counters -> counters.take(kind.allowance.key() + account, kind.limits.get()));
        ConsumptionProbe probe;
        if (together.isPresent()) {
            probe = together.get();
            if (probe.isConsumed()) {
                local.tryConsumeAsMuchAsPossible(1);
            }
        } else {
            probe = local.tryConsumeAndReturnRemaining(1);
        }
        if (probe.isConsumed()) {
            return new Answer.Granted();
        }
        meters.counter("postern.sending.refused", "kind", kind.allowance.kind()).increment();
        return new Answer.Exceeded(kind.allowance.text(), Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    @Override
    public void close() {
        shared.ifPresent(SharedCounters::close);
    }
}
