// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.List;
import java.util.Set;

/// What a filter says of one mail.
public sealed interface FilterResult {
    /// The filter looked at the whole mail; an empty list means it found nothing.
    ///
    /// @param trace what it wants done to the header of the mail, should the mail be accepted
    /// @param extracts what it took out of the mail for other filters
    record Findings(List<Finding> findings, Trace trace, Set<Extract> extracts) implements FilterResult {
        public Findings {
            findings = List.copyOf(findings);
            extracts = Set.copyOf(extracts);
        }

        public Findings(List<Finding> findings, Trace trace) {
            this(findings, trace, Set.of());
        }

        public Findings(List<Finding> findings) {
            this(findings, Trace.NONE);
        }
    }

    /// The filter could not judge the mail. Never to be read as "clean" and never as "bad": the farm's policy
    /// says what it means.
    ///
    /// @param reason why, for meters and policy
    /// @param detail what happened, for the log
    record NoVerdict(NoVerdictReason reason, String detail) implements FilterResult {}

    /// Nothing found.
    static FilterResult nothing() {
        return new Findings(List.of());
    }
}
