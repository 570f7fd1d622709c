// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.net.InetAddress;
import java.util.List;
import org.postern.core.limits.Deadline;

/// What a client is called, where the owners of its address and of its name agree on that: RFC 8601 section 2.7.3
/// (iprev), RFC 1912 section 2.1.
public sealed interface ClientName {
    /// So many names of one address are looked at, and so many addresses of each.
    int NAMES_MAX = 5;

    /// The address has this name, and the name has this address.
    record Confirmed(DnsName name) implements ClientName {}

    /// The address has no name, or none that has the address.
    record None() implements ClientName {}

    /// Nobody knows, for now.
    record Unknown(String why) implements ClientName {}

    /// Asks for the names and confirms the first that has the address.
    static ClientName of(InetAddress address, DnsResolver dns, Deadline deadline) throws InterruptedException {
        if (!isPublic(address)) {
            return new Unknown("a private address");
        }
        return switch (dns.ask(DnsQuestion.reverse(address), deadline)) {
            case DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> new None();
            case DnsAnswer.Failure failure -> new Unknown(failure.detail());
            case DnsAnswer.Answer answer -> confirmed(address, answer.records(), dns, deadline);
        };
    }

    private static ClientName confirmed(InetAddress address, List<DnsRecord> names, DnsResolver dns, Deadline deadline)
            throws InterruptedException {
        DnsQuestion.Type type = address.getAddress().length == 4 ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA;
        ClientName otherwise = new None();
        for (DnsRecord record : names.subList(0, Math.min(NAMES_MAX, names.size()))) {
            if (record instanceof DnsRecord.Ptr(DnsName name)) {
                switch (dns.ask(new DnsQuestion(name, type), deadline)) {
                    case DnsAnswer.Answer answer
                    when has(answer.records(), address) -> {
                        return new Confirmed(name);
                    }
                    case DnsAnswer.Failure failure -> otherwise = new Unknown(failure.detail());
                    case DnsAnswer.Answer _, DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> {}
                }
            }
        }
        return otherwise;
    }

    private static boolean has(List<DnsRecord> records, InetAddress address) {
        return records.stream()
                .anyMatch(record -> record instanceof DnsRecord.Address found
                        && found.address().equals(address));
    }

    /// Whether others may be asked of the address: private ones are nobody's business.
    static boolean isPublic(InetAddress address) {
        boolean unique = address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        return !address.isLoopbackAddress()
                && !address.isSiteLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress()
                && !unique;
    }
}
