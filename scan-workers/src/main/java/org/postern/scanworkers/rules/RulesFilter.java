// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.Look;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// The rule engine. Works in memory only; many threads may scan at once.
final class RulesFilter implements Filter {
    private final String name;
    private final RulesConfig config;
    private final LiveRules rules;

    RulesFilter(String name, RulesConfig config, LiveRules rules) {
        this.name = name;
        this.config = config;
        this.rules = rules;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.CHEAP;
    }

    @Override
    public double lowestScore() {
        return rules.current().lowestScore();
    }

    @Override
    public Optional<String> contentState() {
        return rules.current().contentState();
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        return Look.at(() -> look(mail));
    }

    private FilterResult look(MailTransaction mail) throws IOException, InterruptedException {
        LiveRules.Current now = rules.current();
        TextCollector collector = new TextCollector(
                config.textMax().toIntExact(),
                new ContentSearch(now.contentPhrases(), config.contentMax().bytes()));
        MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, collector);
        FilterResult.Findings found = new FilterResult.Findings(now.rules().findings(collector.text(mail)));
        return summary.complete()
                ? found
                : new FilterResult.NoVerdict(
                        NoVerdictReason.TOO_LARGE, "more than " + summary.parts() + " parts", found);
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        String trouble = rules.trouble();
        return new FilterStatus(
                true,
                rules.current().rules().size() + " rules, no virus scanner among them"
                        + (trouble.isEmpty() ? "" : "; the file is NOT TAKEN UP: " + trouble));
    }

    @Override
    public FilterStatus health() {
        return status(Deadline.in(Duration.ZERO));
    }

    @Override
    public void close() {
        rules.close();
    }
}
