// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.net.InetAddress;
import java.util.List;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// What reverse DNS says of an address: its name, if that name leads back to it. RFC 8601 section 2.7.3.
public sealed interface ReverseName {
    /// More names than these nobody needs; the owner of an address could write thousands.
    int NAMES_MAX = 5;

    /// A name that has this address.
    record Confirmed(DnsName name) implements ReverseName {}

    /// Names, but none of them has this address.
    record NotConfirmed(List<DnsName> names) implements ReverseName {}

    /// No name.
    record None() implements ReverseName {}

    /// DNS did not answer.
    record Unknown(String why) implements ReverseName {}

    /// What it comes to, for the meters.
    default String word() {
        return switch (this) {
            case Confirmed _ -> "confirmed";
            case NotConfirmed _ -> "not-confirmed";
            case None _ -> "none";
            case Unknown _ -> "unknown";
        };
    }

    /// Asks DNS.
    static ReverseName of(InetAddress address, DnsResolver dns, Deadline deadline) throws InterruptedException {
        return switch (dns.ask(DnsQuestion.reverse(address), deadline)) {
            case DnsAnswer.NoSuchName _, DnsAnswer.NoData _ -> new None();
            case DnsAnswer.Failure failure -> new Unknown(failure.detail());
            case DnsAnswer.Answer answer -> confirm(address, names(answer), dns, deadline);
        };
    }

    private static List<DnsName> names(DnsAnswer.Answer answer) {
        return answer.records().stream()
                .filter(DnsRecord.Ptr.class::isInstance)
                .map(record -> ((DnsRecord.Ptr) record).name())
                .sorted()
                .limit(NAMES_MAX)
                .toList();
    }

    private static ReverseName confirm(InetAddress address, List<DnsName> names, DnsResolver dns, Deadline deadline)
            throws InterruptedException {
        DnsQuestion.Type type = address.getAddress().length == 4 ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA;
        String unknown = "";
        for (DnsName name : names) {
            switch (dns.ask(new DnsQuestion(name, type), deadline)) {
                case DnsAnswer.Answer answer -> {
                    if (answer.records().contains(new DnsRecord.Address(address))) {
                        return new Confirmed(name);
                    }
                }
                case DnsAnswer.NoSuchName _, DnsAnswer.NoData _ -> {
                    // This one does not lead back.
                }
                case DnsAnswer.Failure failure -> unknown = failure.detail();
            }
        }
        return unknown.isEmpty() ? new NotConfirmed(names) : new Unknown(unknown);
    }
}
