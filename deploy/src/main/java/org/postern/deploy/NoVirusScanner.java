// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.Set;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;

/// Stands where a farm has no virus scanner: it has no verdict on any mail, so that every decision record and every
/// result header field says that nobody looked for viruses.
final class NoVirusScanner implements Filter {
    static final String NAME = "virus-scanner";
    static final String TEXT = "no virus scanner is configured";
    static final FilterPolicy POLICY = new FilterPolicy(0, NoVerdictPolicy.SKIP);

    private static final Set<String> VIRUS_SCANNERS = Set.of("clamav");

    /// Whether a farm with these filters needs the stand-in.
    static boolean neededBeside(Set<String> filters) {
        return filters.stream().noneMatch(VIRUS_SCANNERS::contains);
    }

    /// Whether it stands in this policy.
    static boolean in(FarmPolicy policy) {
        return policy.filters().containsKey(NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Cost cost() {
        return Cost.CHEAP;
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) {
        return new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, TEXT);
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(true, TEXT + ": mail is judged by rules and attachment names only");
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
