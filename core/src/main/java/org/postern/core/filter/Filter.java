// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;

/// One engine or check that looks at mails. Many threads scan at once.
///
/// A filter never decides: it returns findings, or says that it has no verdict. A failing backend, an unreadable
/// answer, a size beyond what the engine
/// looks through are all `NoVerdict`, never an empty list of findings.
public interface Filter extends AutoCloseable {
    /// The name in configuration, meters and records: kebab-case, for example `clamav`.
    String name();

    /// What a scan costs; cheap filters run first.
    Cost cost();

    /// Scans one mail and returns before the deadline. Runs on a virtual thread of its own; an interrupt means
    /// that the answer is not wanted any more. An exception counts as `NoVerdict(INTERNAL_ERROR)`.
    FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException;

    /// A few words on the engine and its version for `postern version --all` and `postern check --live`. May ask
    /// the backend, within the deadline.
    FilterStatus status(Deadline deadline) throws InterruptedException;

    /// The lowest sum of scores a mail can get from this filter: 0 where it only ever speaks against mails. A mail
    /// that is over a farm's threshold is refused before all filters have answered only when none of the rest
    /// could still bring it back.
    default double lowestScore() {
        return Double.NEGATIVE_INFINITY;
    }

    @Override
    void close();

    /// What a scan costs.
    enum Cost {
        /// Memory only, microseconds to milliseconds.
        CHEAP,
        /// One question to another process or machine.
        BACKEND,
        /// Much processor time of this machine, such as OCR.
        HEAVY
    }

    /// Whether the filter could judge a mail now.
    ///
    /// @param usable whether at least one backend works
    /// @param description engine, version and what is wrong, in one line
    record FilterStatus(boolean usable, String description) {}
}
