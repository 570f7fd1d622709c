// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.time.Duration;

/// Puts one question to servers, without any cache. Blocks until there is an answer or the time for a question is
/// over.
interface DnsTransport extends AutoCloseable {
    Reply exchange(DnsQuestion question) throws InterruptedException;

    @Override
    void close();

    /// An answer and for how long it may be repeated; zero: not at all.
    record Reply(DnsAnswer answer, Duration ttl) {}
}
