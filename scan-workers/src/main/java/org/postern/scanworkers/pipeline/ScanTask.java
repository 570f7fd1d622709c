// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postern.core.filter.Extract;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One filter on one mail, on a virtual thread of its own.
///
/// The first of two things gives the task its result: the filter's answer, or [#abandon], called by the thread that
/// waits for the verdict. The other one is ignored.
final class ScanTask {
    private static final Logger LOG = LoggerFactory.getLogger(ScanTask.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Station station;
    private final MailTransaction mail;
    private final Deadline deadline;
    private final Duration firstPause;
    private final VerdictCache cache;
    private final BlockingQueue<ScanTask> answers;
    private final Look look;
    private final AtomicReference<@Nullable FilterResult> result = new AtomicReference<>();
    private final long started = System.nanoTime();
    private final Thread thread;

    /// What the filter is asked.
    private sealed interface Look {
        /// To scan the mail.
        record First() implements Look {}

        /// To follow up what others took out of it.
        record Second(FilterResult first, Set<Extract> extracts) implements Look {}
    }

    /// A scan of the mail.
    ScanTask(
            Station station,
            MailTransaction mail,
            Deadline deadline,
            Duration firstPause,
            VerdictCache cache,
            BlockingQueue<ScanTask> answers) {
        this(station, mail, deadline, firstPause, cache, answers, new Look.First());
    }

    /// The second look of the same filter, once this task has its result.
    ScanTask following(Set<Extract> extracts) {
        return new ScanTask(station, mail, deadline, firstPause, cache, answers, new Look.Second(result(), extracts));
    }

    private ScanTask(
            Station station,
            MailTransaction mail,
            Deadline deadline,
            Duration firstPause,
            VerdictCache cache,
            BlockingQueue<ScanTask> answers,
            Look look) {
        this.station = station;
        this.mail = mail;
        this.deadline = deadline;
        this.firstPause = firstPause;
        this.cache = cache;
        this.look = look;
        this.answers = answers;
        this.thread = Thread.ofVirtual()
                .name("filter-" + station.filter().name() + "-" + mail.id())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Station station() {
        return station;
    }

    MailTransaction mail() {
        return mail;
    }

    /// Whether the filter still wants to see what others took out of the mail.
    boolean wantsToFollow() {
        return look instanceof Look.First && station.filter().follows();
    }

    /// What the filter said before its second look, if this is that: better than silence.
    Optional<FilterResult> earlier() {
        return switch (look) {
            case Look.First _ -> Optional.empty();
            case Look.Second(FilterResult first, Set<Extract> _) -> Optional.of(first);
        };
    }

    boolean ended() {
        return !thread.isAlive();
    }

    FilterResult result() {
        FilterResult known = result.get();
        if (known == null) {
            throw new IllegalStateException("no result yet");
        }
        return known;
    }

    /// Ends the wait for the answer and interrupts the filter. Returns what counts: what is given in its place, or
    /// the answer that came just before.
    FilterResult abandon(FilterResult silence, Stragglers stragglers) {
        if (result.compareAndSet(null, silence)) {
            station.time(took(), silence);
            stragglers.watch(this);
            thread.interrupt();
        }
        return result();
    }

    private void run() {
        FilterResult answer;
        try {
            answer = askUntilAnswered();
        } catch (InterruptedException e) {
            answer = new NoVerdict(NoVerdictReason.TIMED_OUT, "interrupted");
        }
        if (result.compareAndSet(null, answer)) {
            station.time(took(), answer);
            answers.add(this);
        }
    }

    private FilterResult withPlace() throws InterruptedException {
        if (!station.places().tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            return new NoVerdict(NoVerdictReason.OVERLOADED, "all places of the filter stayed taken");
        }
        try {
            return ask();
        } finally {
            station.places().release();
        }
    }

    /// Asks once, or with the policy `WAIT` again and again while time is left; pauses take no place.
    private FilterResult askUntilAnswered() throws InterruptedException {
        Duration pause = firstPause;
        while (true) {
            FilterResult answer = switch (look) {
                case Look.First _ -> cache.through(station.filter(), mail, deadline, this::withPlace);
                case Look.Second _ -> withPlace();
            };
            Duration jittered = pause.multipliedBy(ThreadLocalRandom.current().nextLong(75, 126))
                    .dividedBy(100);
            if (station.policy().noVerdict() != NoVerdictPolicy.WAIT
                    || !mayChange(answer)
                    || deadline.remaining().compareTo(jittered) <= 0) {
                return answer;
            }
            Thread.sleep(jittered);
            station.countRepeat();
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // a filter may come from a plugin: whatever it throws is no verdict
    private FilterResult ask() throws InterruptedException {
        Filter filter = station.filter();
        try {
            @Nullable
            FilterResult answer = switch (look) {
                case Look.First _ -> filter.scan(mail, deadline);
                case Look.Second(FilterResult first, Set<Extract> extracts) ->
                    filter.follow(mail, first, extracts, deadline);
            };
            return answer != null ? answer : new NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the filter returned null");
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
            if (result.get() == null) {
                LOG.error("{}: filter {} failed, which is a defect in it", mail.id(), filter.name(), e);
            }
            return new NoVerdict(NoVerdictReason.INTERNAL_ERROR, e.toString());
        }
    }

    private static boolean mayChange(FilterResult answer) {
        return switch (answer) {
            case FilterResult.Findings ignored -> false;
            case NoVerdict silence ->
                switch (silence.reason()) {
                    case UNAVAILABLE, LOADING, OVERLOADED, TIMED_OUT, BACKEND_ERROR -> true;
                    case TOO_LARGE, NOT_NEEDED, INTERNAL_ERROR -> false;
                };
        };
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
