// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.net.InetAddress;
import java.time.Duration;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Addresses;
import org.postern.scanworkers.client.HeadStart;
import org.postern.scanworkers.client.ReverseName;

/// What clients are called, for engines that judge by it. The resolver's cache keeps what was asked early.
final class ClientNames {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int EARLY_MAX = 1_000;

    private final DnsResolver dns;
    private final HeadStart early = new HeadStart("client-name", EARLY_MAX);

    public ClientNames(DnsResolver dns) {
        this.dns = dns;
    }

    /// Waits two seconds at most: a mail is judged without the name rather than late.
    ReverseName of(InetAddress address, Deadline deadline) throws InterruptedException {
        return Addresses.isPrivate(address)
                ? new ReverseName.Unknown("a private address")
                : ReverseName.of(address, dns, deadline.within(PATIENCE));
    }

    /// Asks for the name before anybody needs it; returns at once.
    void askEarly(InetAddress address) {
        if (!Addresses.isPrivate(address)) {
            early.ask(() -> of(address, Deadline.in(PATIENCE)));
        }
    }
}
