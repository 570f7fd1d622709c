// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import org.postern.core.limits.Deadline;

/// Answers questions and says whether DNSSEC vouches for the answer. Many threads ask at once.
public interface SecureDns {
    /// An answer; `authentic` where DNSSEC vouches for it, be it that there is something or that
    /// there is nothing.
    /// Where DNSSEC says that the answer is forged, it is a [DnsAnswer.Failure].
    ///
    /// @param owner the name that has it: where the one that was asked for is an alias, the one it leads to
    record Vouched(DnsAnswer answer, boolean authentic, DnsName owner) {}

    /// Answers before the deadline. Never throws because of DNS.
    ///
    /// @throws InterruptedException when the caller does not want the answer any more
    Vouched ask(DnsQuestion question, Deadline deadline) throws InterruptedException;

    /// Vouches for nothing: for processes without a resolver that validates.
    static SecureDns unavailable() {
        return (question, deadline) -> new Vouched(new DnsAnswer.NoData(), false, question.name());
    }
}
