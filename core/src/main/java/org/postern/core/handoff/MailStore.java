// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

import org.postern.core.limits.Deadline;

/// The central store as a front sees it: over the network or in the same process. Many threads hand over at once.
public interface MailStore extends AutoCloseable {
    /// Hands a mail over and waits until it is durable. Returns before the deadline; every failure is a value.
    HandoffResult handOver(Handoff handoff, Deadline deadline);

    /// Tells the store that the SMTP client has evidently seen the 250, lazily and at best effort: the store may
    /// forget how to recognise the mail when it is sent again. Never blocks.
    void proven(HandoffId id);

    /// Whether a handoff is likely to succeed now, and why not; asked before data is taken. Never blocks.
    Availability availability();

    @Override
    void close();

    /// @param available whether mail may be taken in
    /// @param detail which store, and what is wrong, in one line
    record Availability(boolean available, String detail) {}
}
