// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.Extract;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.client.HeadStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks all lists at once. Users who logged in and private addresses are not looked up.
///
/// What it says depends on the client and the envelope, so a result must not be reused for the same content from
/// somebody else.
final class DnsblFilter implements Filter {
    static final String NAME = "dnsbl";

    private static final Logger LOG = LoggerFactory.getLogger(DnsblFilter.class);
    private static final Duration PROBE_TIME = Duration.ofSeconds(10);
    private static final int EARLY_MAX = 1_000;

    private final DnsblConfig config;
    private final List<DnsList> lists;
    private final MeterRegistry meters;
    private final HeadStart early = new HeadStart("dnsbl-early", EARLY_MAX);
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("dnsbl-watch").factory());

    DnsblFilter(DnsblConfig config, DnsResolver dns, MeterRegistry meters) {
        this.config = config;
        this.meters = meters;
        this.lists = new TreeMap<>(config.lists())
                .entrySet().stream()
                        .map(entry -> new DnsList(entry.getKey(), entry.getValue(), dns))
                        .toList();
        for (DnsList list : lists) {
            meters.gauge(
                    "postern.dnsbl.usable",
                    List.of(Tag.of("list", list.name())),
                    list,
                    each -> each.distrust().isEmpty() ? 1 : 0);
        }
    }

    /// Starts to look at the test points, now and on the schedule.
    void watch() {
        long millis = config.probeInterval().toMillis();
        var _ = watcher.scheduleWithFixedDelay(this::probeSafely, 0, millis, TimeUnit.MILLISECONDS);
    }

    private void probeSafely() {
        try {
            probe();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("watching the DNS lists failed because of a defect", e);
        }
    }

    void probe() throws InterruptedException {
        for (DnsList list : lists) {
            String before = list.distrust();
            list.probe(Deadline.in(PROBE_TIME));
            String now = list.distrust();
            if (!now.equals(before)) {
                if (now.isEmpty()) {
                    LOG.info(
                            "the DNS list {} ({}) is in use",
                            list.name(),
                            list.config().zone());
                } else {
                    LOG.warn(
                            "the DNS list {} ({}) is suspended: {}",
                            list.name(),
                            list.config().zone(),
                            now);
                }
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Cost cost() {
        return Cost.BACKEND;
    }

    /// A list may speak of each subject, and of addresses a second time.
    @Override
    public double lowestScore() {
        return lists.stream()
                .mapToDouble(list ->
                        Math.min(0, Collections.min(list.config().codes().values()))
                                * (list.config().subjects().size() + 1))
                .sum();
    }

    /// Asks of the address ahead of time; what comes back is kept by the resolver until the mail is there.
    @Override
    public void connected(ClientInfo client) {
        for (Question question : Questions.ofClient(lists, client.address())) {
            early.ask(() -> question.look().ask(Deadline.in(config.timeout())));
        }
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        return isAsked(mail) ? ask(Questions.ofMail(lists, mail), deadline).first() : FilterResult.nothing();
    }

    @Override
    public boolean follows() {
        return lists.stream().anyMatch(list -> list.config().ofManySubjects());
    }

    @Override
    public FilterResult follow(MailTransaction mail, FilterResult first, Set<Extract> extracts, Deadline deadline)
            throws InterruptedException {
        return isAsked(mail)
                ? ask(Questions.ofExtracts(lists, extracts), deadline).after(first)
                : first;
    }

    private static boolean isAsked(MailTransaction mail) {
        return mail.client().authenticatedAs().isEmpty();
    }

    /// All at once.
    private Answers ask(List<Question> questions, Deadline deadline) throws InterruptedException {
        Deadline end = deadline.within(config.timeout());
        Answers answers = new Answers();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                List<Future<ListAnswer>> all = questions.stream()
                        .map(question -> threads.submit(() -> question.look().ask(end)))
                        .toList();
                for (int i = 0; i < all.size(); i++) {
                    Question question = questions.get(i);
                    ListAnswer answer = join(all.get(i));
                    count(question.list(), answer);
                    answers.add(question.list(), question.subject(), answer);
                }
            } finally {
                threads.shutdownNow(); // close() alone would wait for what nobody wants any more
            }
        }
        return answers;
    }

    private static ListAnswer join(Future<ListAnswer> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            LOG.error("asking a DNS list failed because of a defect", e.getCause());
            return new ListAnswer.Unknown("internal error");
        }
    }

    private void count(DnsList list, ListAnswer answer) {
        String result = switch (answer) {
            case ListAnswer.NotListed _ -> "not-listed";
            case ListAnswer.Listed _ -> "listed";
            case ListAnswer.Unknown _ -> "error";
        };
        meters.counter("postern.dnsbl.answers", "list", list.name(), "result", result)
                .increment();
    }

    @Override
    public FilterStatus health() {
        return status(Deadline.in(Duration.ZERO));
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        Map<String, String> states = new TreeMap<>();
        lists.forEach(list ->
                states.put(list.name(), list.distrust().isEmpty() ? "in use" : "suspended: " + list.distrust()));
        boolean usable = lists.isEmpty()
                || lists.stream().anyMatch(list -> list.distrust().isEmpty());
        return new FilterStatus(usable, lists.size() + " DNS lists " + states);
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
