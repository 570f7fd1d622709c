// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Extract;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter.Cost;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;

/// All filters on one mail. Used by the one thread that asked; the filters' threads only put their answer into the
/// queue, which has a place for each of them.
final class Round {
    private final FarmPolicy policy;
    private final PipelineConfig config;
    private final List<Station> waiting;
    private final Stragglers stragglers;
    private final VerdictCache cache;
    private final MailTransaction mail;
    private final Deadline deadline;
    private final Map<String, FilterResult> results = new HashMap<>();
    private final List<ScanTask> running = new ArrayList<>();
    private final List<ScanTask> held = new ArrayList<>();
    private final Set<Extract> extracts = new LinkedHashSet<>();
    private final BlockingQueue<ScanTask> answers;

    Round(
            FarmPolicy policy,
            PipelineConfig config,
            List<Station> stations,
            Stragglers stragglers,
            VerdictCache cache,
            MailTransaction mail,
            Deadline deadline) {
        this.policy = policy;
        this.config = config;
        this.waiting = new ArrayList<>(stations);
        this.stragglers = stragglers;
        this.cache = cache;
        this.mail = mail;
        this.deadline = deadline;
        this.answers = new ArrayBlockingQueue<>(Math.max(1, stations.size()));
    }

    Assessment assess() {
        boolean interrupted = false;
        boolean settled = takeKnown();
        Deadline nextWave = Deadline.in(Duration.ZERO);
        try {
            while (!settled && !(waiting.isEmpty() && running.isEmpty()) && !deadline.expired()) {
                if (!waiting.isEmpty() && (running.isEmpty() || nextWave.expired())) {
                    nextWave = startWave();
                }
                long patience = waiting.isEmpty()
                        ? deadline.remainingNanos()
                        : Math.min(deadline.remainingNanos(), nextWave.remainingNanos());
                settled = take(answers.poll(patience, TimeUnit.NANOSECONDS));
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        giveUp(settled, interrupted);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return policy.assess(results);
    }

    /// Notes what is known of the content already; true when that decides.
    private boolean takeKnown() {
        for (Iterator<Station> all = waiting.iterator(); all.hasNext(); ) {
            Station station = all.next();
            Optional<FilterResult.Findings> known =
                    station.filter().follows() ? Optional.empty() : cache.known(station.filter(), mail);
            if (known.isPresent()) {
                all.remove();
                note(station, known.get());
            }
        }
        return !results.isEmpty() && Settlement.isSettled(policy, results, unanswered());
    }

    private void note(Station station, FilterResult result) {
        results.put(station.filter().name(), result);
        result.taken().stream().limit(Extract.MAX - extracts.size()).forEach(extracts::add);
    }

    /// Starts the cheapest of the waiting filters, and says until when they run alone.
    private Deadline startWave() {
        Cost cost = waiting.getFirst().filter().cost();
        while (!waiting.isEmpty() && waiting.getFirst().filter().cost() == cost) {
            start(new ScanTask(waiting.removeFirst(), mail, deadline, config.retryPause(), cache, answers));
        }
        return switch (cost) {
            case CHEAP -> deadline.within(config.cheapHeadStart());
            case BACKEND, HEAVY -> deadline.within(config.backendHeadStart());
        };
    }

    private void start(ScanTask task) {
        running.add(task);
        task.start();
    }

    /// Lets those that hold their answer back look again, once nobody is left who takes anything out of the mail.
    private void startFollowers() {
        if (held.isEmpty()
                || unanswered().stream().anyMatch(open -> open.filter().extracts())) {
            return;
        }
        List<ScanTask> ready = List.copyOf(held);
        held.clear();
        for (ScanTask task : ready) {
            if (extracts.isEmpty()) {
                note(task.station(), task.result());
            } else {
                start(task.following(extracts));
            }
        }
    }

    /// Notes the answer, and all others that are there already; true when no further one can change the verdict.
    private boolean take(@Nullable ScanTask first) {
        for (ScanTask task = first; task != null; task = answers.poll()) {
            running.remove(task);
            if (task.wantsToFollow()) {
                held.add(task);
            } else {
                note(task.station(), task.result());
            }
        }
        startFollowers();
        return first != null && Settlement.isSettled(policy, results, unanswered());
    }

    private List<Station> unanswered() {
        List<Station> open = new ArrayList<>(waiting);
        running.forEach(task -> open.add(task.station()));
        held.forEach(task -> open.add(task.station()));
        return open;
    }

    private void giveUp(boolean settled, boolean interrupted) {
        NoVerdict silence = settled
                ? new NoVerdict(NoVerdictReason.NOT_NEEDED, "the verdict was settled without it")
                : new NoVerdict(
                        NoVerdictReason.TIMED_OUT,
                        interrupted ? "nobody waits for the verdict any more" : "no answer before the deadline");
        for (ScanTask task : held) {
            results.put(task.station().filter().name(), task.result());
        }
        for (ScanTask task : running) {
            FilterResult late = task.abandon(task.earlier().orElse(silence), stragglers);
            results.put(task.station().filter().name(), late);
        }
        for (Station station : waiting) {
            results.put(station.filter().name(), silence);
        }
    }
}
