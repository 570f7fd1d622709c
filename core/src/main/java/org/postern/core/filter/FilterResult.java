// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a filter says of one mail.
public sealed interface FilterResult {
    /// The filter looked at the whole mail; an empty list means it found nothing.
    ///
    /// @param findings what it found, in the order in which people shall read it
    /// @param trace what it wants done to the header of the mail, should the mail be accepted
    /// @param extracts what it took out of the mail for other filters, the most important first
    record Findings(List<Finding> findings, Trace trace, Set<Extract> extracts) implements FilterResult {
        public Findings {
            findings = List.copyOf(findings);
            extracts = Collections.unmodifiableSet(new LinkedHashSet<>(extracts));
        }

        /// Nothing for other filters.
        public Findings(List<Finding> findings, Trace trace) {
            this(findings, trace, Set.of());
        }

        /// Nothing for the header and nothing for other filters.
        public Findings(List<Finding> findings) {
            this(findings, Trace.NONE);
        }
    }

    /// The filter could not judge the mail. Never to be read as "clean" and never as "bad": the farm's policy
    /// says what it means.
    ///
    /// @param reason why, for meters and policy
    /// @param detail what happened, for the log
    /// @param soFar what it had found by then; it can speak against the mail, never for it
    record NoVerdict(NoVerdictReason reason, String detail, Findings soFar) implements FilterResult {
        /// Silence before anything was found.
        public NoVerdict(NoVerdictReason reason, String detail) {
            this(reason, detail, new Findings(List.of()));
        }
    }

    /// The findings that count, whether or not the filter came to its end: all of them where it did, else those that
    /// speak against the mail.
    ///
    /// @param weight what the farm gives them
    default List<Finding> counting(double weight) {
        return switch (this) {
            case Findings all -> all.findings();
            case NoVerdict silence ->
                silence.soFar().findings().stream()
                        .filter(finding -> finding.score() * weight > 0)
                        .toList();
        };
    }

    /// What was taken out of the mail for other filters, as far as this one came.
    default Set<Extract> taken() {
        return switch (this) {
            case Findings all -> all.extracts();
            case NoVerdict silence -> silence.soFar().extracts();
        };
    }

    /// Nothing found.
    static FilterResult nothing() {
        return new Findings(List.of());
    }
}
