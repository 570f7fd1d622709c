// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows what accounts are used to send, and which of them are held. Each process learns on its own: a jump that is
/// spread over several fronts is one on each, for so is the habit.
public final class SendingHabits {
    private static final Logger LOG = LoggerFactory.getLogger(SendingHabits.class);
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    private final HabitConfig config;
    private final LongSupplier nanoTime;
    private final long start;
    private final double decayPerHour;
    private final Cache<String, Habit> habits;
    private final MeterRegistry meters;

    /// @param meters where `postern.sending.*` goes
    public SendingHabits(HabitConfig config, MeterRegistry meters) {
        this(config, meters, System::nanoTime);
    }

    SendingHabits(HabitConfig config, MeterRegistry meters, LongSupplier nanoTime) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.meters = meters;
        start = nanoTime.getAsLong();
        decayPerHour = Math.pow(0.5, (double) HOUR_NANOS / config.halfLife().toNanos());
        habits = Caffeine.newBuilder()
                .maximumSize(config.accounts())
                .expireAfterAccess(config.halfLife().multipliedBy(8))
                .ticker(nanoTime::getAsLong)
                .build();
        meters.gauge("postern.sending.held.accounts", this, each -> each.held().size());
    }

    /// Counts the recipients of one mail; empty when that is usual, else why the mail is to be held.
    public Optional<String> sent(String account, int recipients) {
        long now = nanoTime.getAsLong() - start;
        long hour = now / HOUR_NANOS;
        boolean learning = !config.hold() || now < config.learnFor().toNanos();
        Habit.State state =
                habits.get(account, _ -> new Habit(hour, decayPerHour)).sent(recipients, hour, now, learning, config);
        if (!state.held()) {
            return Optional.empty();
        }
        String why = String.format(
                Locale.ROOT,
                "%s sends to %d recipients in this hour, usual are %.0f, and more than %.0f are held",
                account,
                state.count(),
                state.usual(),
                state.most());
        if (state.began()) {
            LOG.warn(
                    "sending: {}; its mail goes to the quarantine for {} h or until \"postern directory release {}\":"
                            + " has somebody stolen its password?",
                    why,
                    config.holdFor().toHours(),
                    account);
            meters.counter("postern.sending.jumps").increment();
        }
        meters.counter("postern.sending.held").increment();
        return Optional.of(why);
    }

    /// The accounts whose mail is held now.
    public List<String> held() {
        long now = nanoTime.getAsLong() - start;
        return habits.asMap().entrySet().stream()
                .filter(each -> each.getValue().isHeld(now))
                .map(each -> each.getKey())
                .sorted()
                .toList();
    }

    /// Ends the hold: what the account sends now is usual from now on. Returns whether it was held. Mail that was held
    /// stays in the quarantine until it is released there.
    public boolean release(String account) {
        Habit habit = habits.getIfPresent(account);
        return habit != null && habit.release(nanoTime.getAsLong() - start);
    }
}
