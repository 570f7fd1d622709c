// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeWalk;

/// The rule engine. Works in memory only; many threads may scan at once.
final class RulesFilter implements Filter {
    private final String name;
    private final RulesConfig config;
    private final List<Rule> rules;
    private final List<String> contentPhrases;

    RulesFilter(String name, RulesConfig config, List<Rule> rules) {
        this.name = name;
        this.config = config;
        this.rules = List.copyOf(rules);
        this.contentPhrases = rules.stream()
                .filter(rule -> rule.target() == Rule.Target.CONTENT)
                .flatMap(rule -> rule.test() instanceof Rule.Phrases phrases
                        ? phrases.phrases().stream()
                        : java.util.stream.Stream.<String>empty())
                .distinct()
                .toList();
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
        return rules.stream()
                .mapToDouble(Rule::score)
                .filter(score -> score < 0)
                .sum();
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        TextCollector collector = new TextCollector(
                config.textMax().toIntExact(),
                new ContentSearch(contentPhrases, config.contentMax().bytes()));
        try {
            MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, collector);
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException("while reading the mail").initCause(e);
        } catch (IOException e) {
            return new FilterResult.NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the mail cannot be read: " + e);
        }
        MailText text = collector.text(mail);
        List<Finding> findings = new ArrayList<>();
        for (Rule rule : rules) {
            if (Thread.interrupted()) {
                throw new InterruptedException("between rules");
            }
            text.evidence(rule).ifPresent(evidence -> findings.add(new Finding(rule.symbol(), rule.score(), evidence)));
        }
        return new FilterResult.Findings(findings);
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(true, rules.size() + " rules, no virus scanner among them");
    }

    @Override
    public void close() {}
}
