// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.net.InetAddress;
import org.postern.core.dns.DnsName;
import org.postern.core.limits.Deadline;

/// Something that one list is asked.
///
/// @param subject what it is about, for people
/// @param look how it is asked
record Question(DnsList list, String subject, Look look) {
    /// Asks and waits.
    @FunctionalInterface
    interface Look {
        ListAnswer ask(Deadline deadline) throws InterruptedException;
    }

    static Question of(DnsList list, InetAddress address) {
        return new Question(list, address.getHostAddress(), deadline -> list.ask(address, deadline));
    }

    static Question of(DnsList list, DnsName domain) {
        return new Question(list, domain.text(), deadline -> list.ask(domain, deadline));
    }

    /// @param subject what was hashed
    /// @param hash the label that stands for it
    static Question ofHash(DnsList list, String subject, String hash) {
        return new Question(list, subject, deadline -> list.ask(new DnsName(hash), deadline));
    }
}
