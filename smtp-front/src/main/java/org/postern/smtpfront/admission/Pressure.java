// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Foresees whether a mail taken now would be judged and kept in time. Any thread; its monitor guards the fields.
///
/// What a mail will take is a place to wait for, plus what judging and handing over take of late. Where those hang,
/// nothing ends that could be measured; then the age of what is under way tells. A few mails are always taken, so that
/// an estimate that was right once cannot keep the front closed.
public final class Pressure {
    private static final int ALWAYS = 2;
    private static final int ENOUGH_TO_TELL = 4;

    private final PressureConfig config;
    private final int places;
    private final int strangersPlaces;
    private final double deadlineNanos;
    private final LongSupplier nanoTime;
    private final Estimate judging = new Estimate();
    private final Estimate storing = new Estimate();
    private int arriving;
    private int working;
    /// The sum of the times at which those under way began, counted from [#zero].
    private double beginnings;

    private final long zero;

    Pressure(PressureConfig config, int places, int usersPercent, Duration deadline, LongSupplier nanoTime) {
        this.config = config;
        this.places = places;
        this.strangersPlaces = Math.max(1, places - places * usersPercent / 100);
        this.deadlineNanos = deadline.toNanos();
        this.nanoTime = nanoTime;
        this.zero = nanoTime.getAsLong();
    }

    /// How many mails of strangers may be worked on at once.
    public int strangersPlaces() {
        return strangersPlaces;
    }

    /// A message begins to come in.
    public synchronized void arriving() {
        arriving++;
    }

    /// It ended, or came to nothing.
    public synchronized void arrived() {
        arriving--;
    }

    /// A message that is here begins to be worked on, or waits for its place.
    ///
    /// @return to be given back to [#ended]
    public synchronized long began() {
        long now = nanoTime.getAsLong();
        working++;
        beginnings += now - zero;
        return now;
    }

    /// The filters took so long, or have not ended after so long.
    public synchronized void judgedIn(long nanos) {
        judging.add(atMostDeadline(nanos));
    }

    /// The store took so long, or has not ended after so long.
    public synchronized void storedIn(long nanos) {
        storing.add(atMostDeadline(nanos));
    }

    /// What hung for hours says no more than that the deadline was not kept.
    private long atMostDeadline(long nanos) {
        return Math.min(nanos, (long) deadlineNanos);
    }

    /// The message has its outcome, or nobody waits for it any more.
    ///
    /// @param began what [#began] gave
    public synchronized void ended(long began) {
        working--;
        beginnings = working == 0 ? 0 : beginnings - (began - zero);
    }

    /// Whether a mail should not be taken now.
    ///
    /// @param user whether it is a user's, who has places of its own and the whole deadline
    public synchronized boolean tooMuch(boolean user) {
        int mine = user ? places : strangersPlaces;
        if (working >= mine && !config.adaptive()) {
            return true;
        }
        if (!config.adaptive() || working + arriving < ALWAYS) {
            return false;
        }
        double wait = waitNanos(mine);
        double share = user ? 1 : config.deadlinePercent() / 100.0;
        // A mail waits for its place no longer than a quarter of its time.
        return wait > deadlineNanos / 4 || wait + workNanos() > deadlineNanos * share;
    }

    /// How many mails come in or are worked on.
    public synchronized int underWay() {
        return arriving + working;
    }

    /// What a stranger's mail taken now is expected to take.
    public synchronized Duration expected() {
        return Duration.ofNanos((long) (waitNanos(strangersPlaces) + workNanos()));
    }

    private double waitNanos(int mine) {
        int ahead = working + arriving;
        double each = Math.max(judging.mean() + storing.mean(), 2 * meanAge());
        return ahead < mine ? 0 : (ahead - mine + 1) * each / mine;
    }

    /// On average a job that is under way is half done.
    private double workNanos() {
        return Math.max(judging.high() + storing.high(), working >= ENOUGH_TO_TELL ? 2 * meanAge() : 0);
    }

    private double meanAge() {
        return working == 0 ? 0 : nanoTime.getAsLong() - zero - beginnings / working;
    }

    void bindTo(String farm, MeterRegistry meters) {
        gauge("postern.admission.expected.seconds", "what a mail taken now is expected to take", farm, meters);
        Gauge.builder("postern.admission.mails.working", this, each -> each.working)
                .description("mails that are judged, handed over, or wait for it")
                .tag("farm", farm)
                .register(meters);
        Gauge.builder("postern.admission.mails.arriving", this, each -> each.arriving)
                .description("mails that come in")
                .tag("farm", farm)
                .register(meters);
    }

    private void gauge(String name, String what, String farm, MeterRegistry meters) {
        Gauge.builder(name, this, each -> each.expected().toNanos() / 1e9)
                .description(what)
                .tag("farm", farm)
                .register(meters);
    }
}
