// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Trace;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.scanworkers.mailauth.arc.ArcOutcome;
import org.postern.scanworkers.mailauth.arc.ArcValidator;
import org.postern.scanworkers.mailauth.authres.AuthenticationResults;
import org.postern.scanworkers.mailauth.dkim.DkimOutcome;
import org.postern.scanworkers.mailauth.dkim.DkimResult;
import org.postern.scanworkers.mailauth.dkim.DkimVerifier;
import org.postern.scanworkers.mailauth.dkim.KeyLookup;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;
import org.postern.scanworkers.mailauth.dmarc.DmarcEvaluator;
import org.postern.scanworkers.mailauth.dmarc.DmarcOutcome;
import org.postern.scanworkers.mailauth.spf.SpfChecker;
import org.postern.scanworkers.mailauth.spf.SpfOutcome;
import org.postern.scanworkers.mailauth.spf.SpfResult;

/// Runs SPF, DKIM and ARC at once, then DMARC on what they found.
///
/// What it says depends on the client and the envelope too, so a result must not be reused for the same content
/// from somebody else.
final class MailauthFilter implements Filter {
    static final String NAME = "mailauth";
    private static final int BEHIND_HEADER_MAX = 64 * 1024;
    /// So that it is said before nobody listens any more, also while DNS is silent.
    private static final Duration FOR_THE_ANSWER = Duration.ofMillis(100);

    private final MailauthConfig config;
    private final String authservId;
    private final DnsResolver dns;
    private final MeterRegistry meters;
    private final SpfChecker spf;
    private final DkimVerifier dkim;
    private final ArcValidator arc;
    private final DmarcEvaluator dmarc;
    private final Optional<SignedSample> sample;

    MailauthFilter(MailauthConfig config, String authservId, DnsResolver dns, MeterRegistry meters, Clock clock) {
        this.config = config;
        this.authservId = authservId;
        this.dns = dns;
        this.meters = meters;
        KeyLookup keys = new KeyLookup(dns);
        this.spf = new SpfChecker(dns, authservId, clock);
        this.dkim = new DkimVerifier(keys, config.maxSignatures(), clock);
        this.arc = new ArcValidator(keys);
        this.dmarc = new DmarcEvaluator(dns);
        this.sample = config.signedSample().map(file -> new SignedSample(file, dkim, config.timeout(), meters));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Cost cost() {
        return Cost.BACKEND;
    }

    /// Each method gives one finding at most, DKIM one or two for each signature.
    @Override
    public double lowestScore() {
        return Symbols.SCORES.symbols().stream()
                .mapToDouble(symbol -> Math.min(0, Symbols.SCORES.of(symbol, config.scores()))
                        * (symbol.startsWith("DKIM_") ? config.maxSignatures() : 1))
                .sum();
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        Set<Integer> forged = AuthenticationResults.forged(mail.header(), authservId);
        int all = forged.size() + forgedBehindHeader(mail);
        if (deadline.expired()) {
            return silence(NoVerdictReason.TIMED_OUT, "the deadline had passed", forged, all);
        }
        Optional<String> trouble = sample.flatMap(SignedSample::trouble);
        if (trouble.isPresent()) {
            return silence(NoVerdictReason.UNAVAILABLE, trouble.get(), forged, all);
        }
        Deadline end = deadline.keeping(FOR_THE_ANSWER).within(config.timeout());
        Report report = check(mail, end, all);
        count(report);
        if (report.uncertain() && config.tempErrors() == MailauthConfig.TempErrors.NO_VERDICT) {
            return silence(
                    NoVerdictReason.UNAVAILABLE, "DNS trouble: " + report.findings(config.scores()), forged, all);
        }
        AuthenticationResults results = new AuthenticationResults(authservId, report.results(mail));
        return new FilterResult.Findings(report.findings(config.scores()), new Trace(List.of(results.field()), forged));
    }

    /// Fields that claim to be ours behind the line that broke the header off: they cannot be taken out, for to us they
    /// are body, and some programs read them all the same.
    private int forgedBehindHeader(MailTransaction mail) {
        if (mail.header().wellFormed()) {
            return 0;
        }
        try (InputStream in = mail.content().newInputStream()) {
            in.skipNBytes(mail.header().bodyOffset());
            String text = new String(in.readNBytes(BEHIND_HEADER_MAX), StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            String lines = (end < 0 ? text : text.substring(0, end)).replaceAll("\\r\\n(?=[ \\t])", "");
            List<HeaderField> fields = lines.lines()
                    .filter(line -> line.indexOf(':') > 0)
                    .map(line -> new HeaderField(
                            line.substring(0, line.indexOf(':')).strip(), line.substring(line.indexOf(':') + 1)))
                    .toList();
            return AuthenticationResults.forged(new MessageHeader(fields, 0, true, false), authservId)
                    .size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What claims to be ours goes whether or not anything else is known. RFC 8601 section 5.
    private FilterResult silence(NoVerdictReason reason, String detail, Set<Integer> forged, int all) {
        return new FilterResult.NoVerdict(
                reason,
                detail,
                new FilterResult.Findings(Report.forged(all, config.scores()), new Trace(List.of(), forged)));
    }

    private Report check(MailTransaction mail, Deadline deadline, int forged) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                return check(threads, mail, deadline, forged);
            } finally {
                threads.shutdownNow(); // close() alone would wait for what nobody wants any more
            }
        }
    }

    private Report check(ExecutorService threads, MailTransaction mail, Deadline deadline, int forged)
            throws InterruptedException {
        boolean loggedIn = mail.client().authenticatedAs().isPresent();
        Optional<Future<SpfOutcome>> sender = loggedIn
                ? Optional.empty()
                : Optional.of(threads.submit(() -> spf.check(
                        mail.client().address(),
                        mail.envelope().reversePath().toString(),
                        mail.client().helo(),
                        deadline)));
        Future<ArcOutcome> chain = threads.submit(withMessage(mail, message -> arc.validate(message, deadline)));
        Future<List<DkimOutcome>> signatures =
                threads.submit(withMessage(mail, message -> dkim.verify(message, deadline)));
        Optional<SpfOutcome> spfOutcome = sender.isPresent() ? Optional.of(join(sender.get())) : Optional.empty();
        List<DkimOutcome> dkimOutcomes = join(signatures);
        Optional<DmarcOutcome> dmarcOutcome = spfOutcome.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        dmarc.evaluate(mail.header(), authenticated(mail, spfOutcome.get(), dkimOutcomes), deadline));
        return new Report(spfOutcome, dkimOutcomes, join(chain), dmarcOutcome, forged);
    }

    private interface Check<T> {
        T on(SignedMessage message) throws IOException, InterruptedException;
    }

    private static <T> Callable<T> withMessage(MailTransaction mail, Check<T> check) {
        return () -> check.on(new SignedMessage(mail.content(), mail.header()));
    }

    private static <T> T join(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InterruptedException interrupted -> throw interrupted;
                case IOException io -> throw new UncheckedIOException(io);
                case RuntimeException defect -> throw defect;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static DmarcEvaluator.Authenticated authenticated(
            MailTransaction mail, SpfOutcome spf, List<DkimOutcome> dkim) {
        boolean uncertain = spf.result() == SpfResult.TEMPERROR
                || dkim.stream().anyMatch(outcome -> outcome.result() == DkimResult.TEMPERROR);
        String sender = switch (mail.envelope().reversePath()) {
            case ReversePath.Null _ -> mail.client().helo(); // RFC 7208 section 2.4
            case ReversePath.Mailbox mailbox -> mailbox.address().domain().name();
        };
        Optional<DnsName> passed = spf.result() == SpfResult.PASS ? DnsName.of(sender) : Optional.empty();
        List<DnsName> signers = dkim.stream()
                .filter(DkimOutcome::vouches)
                .flatMap(outcome -> DnsName.of(outcome.domain()).stream())
                .toList();
        return new DmarcEvaluator.Authenticated(passed, signers, uncertain);
    }

    private void count(Report report) {
        report.spf().ifPresent(outcome -> count("spf", outcome.result().word()));
        report.dkim().forEach(outcome -> count("dkim", outcome.result().word()));
        count("arc", report.arc().result().word());
        report.dmarc().ifPresent(outcome -> count("dmarc", outcome.result().word()));
    }

    private void count(String method, String result) {
        meters.counter("postern.mailauth.results", "method", method, "result", result)
                .increment();
    }

    @Override
    public FilterStatus status(Deadline deadline) throws InterruptedException {
        DnsQuestion question = new DnsQuestion(new DnsName("localhost"), DnsQuestion.Type.A);
        DnsAnswer answer = dns.ask(question, deadline.within(Duration.ofSeconds(10)));
        String description = "SPF, DKIM, ARC, DMARC as " + authservId;
        return answer instanceof DnsAnswer.Failure failure
                ? new FilterStatus(false, description + "; DNS does not answer: " + failure.detail())
                : sample.flatMap(SignedSample::trouble)
                        .map(why -> new FilterStatus(false, description + "; " + why))
                        .orElse(new FilterStatus(true, description));
    }

    @Override
    public FilterStatus health() {
        return sample.flatMap(SignedSample::trouble)
                .map(why -> new FilterStatus(false, why))
                .orElse(new FilterStatus(true, ""));
    }

    @Override
    public void close() {
        sample.ifPresent(SignedSample::close);
    }
}
