// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Optional;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Trace;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.documents.DocumentReader;
import org.postern.scanworkers.documents.DocumentReader.Reading;
import org.postern.scanworkers.mime.Look;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// The look at links. Many threads may scan at once.
final class UrlsFilter implements Filter {
    private final String name;
    private final UrlsConfig config;
    private final Looks looks;
    private final DocumentReader reader;
    private final DistributionSummary links;

    UrlsFilter(String name, UrlsConfig config, DocumentReader reader, MeterRegistry meters) {
        this.name = name;
        this.config = config;
        this.looks = new Looks(config.protectedDomains());
        this.reader = reader;
        this.links = DistributionSummary.builder("postern.urls.links")
                .description("different links a mail")
                .register(meters);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.BACKEND;
    }

    @Override
    public double lowestScore() {
        return 0;
    }

    @Override
    public boolean extracts() {
        return true;
    }

    @Override
    public Optional<String> contentState() {
        return Optional.of("as configured"); // the settings and the suffix list hold as long as the process
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        return Look.at(() -> look(mail, deadline));
    }

    private FilterResult look(MailTransaction mail, Deadline deadline) throws IOException {
        LinkCollector collector = new LinkCollector(config, Optional.of(reader), deadline);
        MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, collector);
        links.record(collector.links().size());
        LinkReport report = new LinkReport(config, looks);
        report.judge(collector);
        FilterResult.Findings found = new FilterResult.Findings(report.findings(), Trace.NONE, report.extracts());
        if (collector.notRead().isPresent()) {
            Reading.NotRead not = collector.notRead().get();
            return new FilterResult.NoVerdict(not.reason(), not.why(), found);
        }
        return summary.complete()
                ? found
                : new FilterResult.NoVerdict(
                        NoVerdictReason.TOO_LARGE, "more than " + summary.parts() + " parts", found);
    }

    @Override
    public FilterStatus status(Deadline deadline) throws InterruptedException {
        if (config.documentsMax() == 0) {
            return new FilterStatus(true, "links in text and HTML; PDFs and pictures are not read");
        }
        return reader.trouble(deadline)
                .map(why -> new FilterStatus(false, "PDFs and pictures cannot be read: " + why))
                .orElse(new FilterStatus(true, "links in text, HTML, PDFs and codes"));
    }

    @Override
    public void close() {
        reader.close();
    }
}
