// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;

/// What came of the questions about one mail: used by one thread.
final class Answers {
    private static final String ERROR = "DNSBL_ERROR";

    private final List<Finding> each = new ArrayList<>();
    private final Map<String, Finding> strongest = new LinkedHashMap<>();
    private final List<String> errors = new ArrayList<>();
    private int asked;

    void add(DnsList list, String subject, ListAnswer answer) {
        asked++;
        switch (answer) {
            case ListAnswer.NotListed _ -> {}
            case ListAnswer.Listed listed -> {
                Finding finding = new Finding(
                        list.symbol(),
                        listed.score(),
                        subject + " is listed by " + list.config().zone() + ": " + listed.codes());
                if (list.config().ofManySubjects()) {
                    // A mail may name many domains of one spammer: the list speaks once.
                    strongest.merge(
                            finding.symbol(), finding, (a, b) -> Math.abs(b.score()) > Math.abs(a.score()) ? b : a);
                } else {
                    each.add(finding);
                }
            }
            case ListAnswer.Unknown unknown -> errors.add(list.name() + " of " + subject + ": " + unknown.reason());
        }
    }

    private boolean nobodyAnswered() {
        return asked > 0 && errors.size() == asked;
    }

    /// What there is to say of session, envelope and header.
    FilterResult first() {
        return nobodyAnswered()
                ? new NoVerdict(NoVerdictReason.UNAVAILABLE, "no list answered: " + errors)
                : findings(List.of());
    }

    /// The same together with what there is to say of links, addresses and files.
    FilterResult after(FilterResult first) {
        return switch (first) {
            case FilterResult.Findings before -> findings(before.findings());
            case NoVerdict silence -> {
                if (nobodyAnswered()) {
                    yield silence;
                }
                errors.add(silence.detail());
                yield findings(List.of());
            }
        };
    }

    private FilterResult findings(List<Finding> before) {
        List<Finding> all = new ArrayList<>(before);
        all.addAll(each);
        all.addAll(strongest.values());
        if (!errors.isEmpty()) {
            all.add(new Finding(ERROR, 0, String.join("; ", errors)));
        }
        return new FilterResult.Findings(all);
    }
}
