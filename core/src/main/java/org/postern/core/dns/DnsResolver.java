// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import org.postern.core.limits.Deadline;

/// Answers questions from DNS. Many threads ask at once.
public interface DnsResolver {
    /// Answers before the deadline; blocks the calling thread until then at most. Never throws because of DNS:
    /// what goes wrong is a [DnsAnswer.Failure].
    ///
    /// @throws InterruptedException when the caller does not want the answer any more
    DnsAnswer ask(DnsQuestion question, Deadline deadline) throws InterruptedException;

    /// A resolver that knows nothing: every question fails. For processes without DNS and for tests.
    static DnsResolver unavailable() {
        return (question, deadline) ->
                new DnsAnswer.Failure(DnsAnswer.Reason.UNAVAILABLE, "this process has no DNS resolver");
    }
}
