// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.ReversePath;
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

    private final DnsblConfig config;
    private final List<DnsList> lists;
    private final MeterRegistry meters;
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
                    List.of(io.micrometer.core.instrument.Tag.of("list", list.name())),
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

    private record Question(DnsList list, String subject, Future<ListAnswer> answer) {}

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        if (mail.client().authenticatedAs().isPresent()) {
            return FilterResult.nothing();
        }
        Deadline end = deadline.within(config.timeout());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                return result(ask(threads, mail, end));
            } finally {
                threads.shutdownNow(); // close() alone would wait for what nobody wants any more
            }
        }
    }

    private List<Question> ask(ExecutorService threads, MailTransaction mail, Deadline end) {
        List<Question> questions = new ArrayList<>();
        for (DnsList list : lists) {
            for (ListConfig.Subject subject : list.config().subjects()) {
                ask(threads, list, subject, mail, end).ifPresent(questions::add);
            }
        }
        return questions;
    }

    private static Optional<Question> ask(
            ExecutorService threads, DnsList list, ListConfig.Subject subject, MailTransaction mail, Deadline end) {
        return switch (subject) {
            case CLIENT -> {
                InetAddress address = mail.client().address();
                yield isPrivate(address)
                        ? Optional.empty()
                        : Optional.of(new Question(
                                list, address.getHostAddress(), threads.submit(() -> list.ask(address, end))));
            }
            case HELO -> domainQuestion(threads, list, host(mail.client().helo()), end);
            case SENDER ->
                domainQuestion(
                        threads,
                        list,
                        mail.envelope().reversePath() instanceof ReversePath.Mailbox mailbox
                                ? host(mailbox.address().domain().name())
                                : Optional.empty(),
                        end);
        };
    }

    private static Optional<Question> domainQuestion(
            ExecutorService threads, DnsList list, Optional<DnsName> domain, Deadline end) {
        return domain.map(name -> new Question(list, name.text(), threads.submit(() -> list.ask(name, end))));
    }

    /// Domain lists hold names of two labels or more, never addresses. RFC 5782 section 3.1.
    private static Optional<DnsName> host(String text) {
        try {
            Domain domain = Domain.parse(text);
            return domain.isAddressLiteral()
                    ? Optional.empty()
                    : DnsName.of(domain.name())
                            .filter(name -> name.labels().size() > 1)
                            .filter(name -> !name.labels().getLast().matches("\\d+"));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static boolean isPrivate(InetAddress address) {
        boolean unique = address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || unique;
    }

    private FilterResult result(List<Question> questions) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (Question question : questions) {
            DnsList list = question.list();
            switch (join(question.answer())) {
                case ListAnswer.NotListed _ -> count(list, "not-listed");
                case ListAnswer.Listed listed -> {
                    count(list, "listed");
                    String evidence = question.subject() + " is listed by "
                            + list.config().zone() + ": " + listed.codes();
                    findings.add(new Finding(symbol(list), listed.score(), evidence));
                }
                case ListAnswer.Unknown unknown -> {
                    count(list, "error");
                    errors.add(list.name() + " of " + question.subject() + ": " + unknown.reason());
                }
            }
        }
        if (!questions.isEmpty() && errors.size() == questions.size()) {
            return new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, "no list answered: " + errors);
        }
        if (!errors.isEmpty()) {
            findings.add(new Finding("DNSBL_ERROR", 0, String.join("; ", errors)));
        }
        return new FilterResult.Findings(findings);
    }

    private static ListAnswer join(Future<ListAnswer> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            LOG.error("asking a DNS list failed because of a defect", e.getCause());
            return new ListAnswer.Unknown("internal error");
        }
    }

    private void count(DnsList list, String result) {
        meters.counter("postern.dnsbl.answers", "list", list.name(), "result", result)
                .increment();
    }

    private static String symbol(DnsList list) {
        return "DNSBL_" + list.name().toUpperCase(Locale.ROOT).replace('-', '_');
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
