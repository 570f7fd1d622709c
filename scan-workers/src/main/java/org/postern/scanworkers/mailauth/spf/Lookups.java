// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// The DNS questions of one evaluation, counted. RFC 7208 section 4.6.4.
final class Lookups {
    private static final int TERMS_MAX = 10;
    private static final int VOID_MAX = 2;
    private static final int NAMES_MAX = 10;

    private final DnsResolver dns;
    private final Deadline deadline;
    private final SpfChecker.Identity identity;
    private int terms;
    private int voids;

    Lookups(DnsResolver dns, Deadline deadline, SpfChecker.Identity identity) {
        this.dns = dns;
        this.deadline = deadline;
        this.identity = identity;
    }

    /// Counts a term that asks DNS.
    void countTerm() throws Stop {
        if (++terms > TERMS_MAX) {
            throw Stop.permanent("more than " + TERMS_MAX + " terms ask DNS");
        }
    }

    /// The TXT records of a domain, for policies and explanations; none for what cannot be a name.
    List<String> texts(String domain) throws Stop, InterruptedException {
        Optional<DnsName> name = DnsName.of(domain);
        if (name.isEmpty()) {
            return List.of();
        }
        return records(ask(new DnsQuestion(name.get(), DnsQuestion.Type.TXT))).stream()
                .flatMap(record -> record instanceof DnsRecord.Txt txt ? Stream.of(txt.text()) : Stream.empty())
                .toList();
    }

    /// The addresses of a name in the family of the client.
    List<InetAddress> addresses(String domain) throws Stop, InterruptedException {
        return addresses(domain, identity.isIp4() ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA);
    }

    /// Whether a name has an A record, whatever the family of the client. RFC 7208 section 5.7.
    boolean exists(String domain) throws Stop, InterruptedException {
        return !addresses(domain, DnsQuestion.Type.A).isEmpty();
    }

    private List<InetAddress> addresses(String domain, DnsQuestion.Type type) throws Stop, InterruptedException {
        Optional<DnsName> name = DnsName.of(domain);
        return name.isEmpty() ? List.of() : addressesOf(counted(new DnsQuestion(name.get(), type)));
    }

    private static List<InetAddress> addressesOf(List<DnsRecord> records) {
        return records.stream()
                .flatMap(record ->
                        record instanceof DnsRecord.Address address ? Stream.of(address.address()) : Stream.empty())
                .toList();
    }

    /// The addresses of all mail exchangers of a domain. RFC 7208 section 5.4.
    List<InetAddress> exchangerAddresses(String domain) throws Stop, InterruptedException {
        Optional<DnsName> name = DnsName.of(domain);
        if (name.isEmpty()) {
            return List.of();
        }
        List<DnsRecord> exchangers = counted(new DnsQuestion(name.get(), DnsQuestion.Type.MX));
        if (exchangers.size() > NAMES_MAX) {
            throw Stop.permanent("more than " + NAMES_MAX + " mail exchangers at " + domain);
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (DnsRecord record : exchangers) {
            if (record instanceof DnsRecord.Mx mx && !mx.exchange().equals(DnsName.ROOT)) {
                addresses.addAll(addresses(mx.exchange().text()));
            }
        }
        return addresses;
    }

    /// The names of the client's address that lead back to it. Errors leave names out. RFC 7208 section 5.5.
    List<DnsName> validatedNames() throws Stop, InterruptedException {
        DnsAnswer answer = ask(DnsQuestion.reverse(identity.client()));
        if (answer instanceof DnsAnswer.Failure) {
            return List.of();
        }
        List<DnsName> validated = new ArrayList<>();
        List<DnsRecord> pointers = records(answer);
        countVoid(pointers);
        for (DnsRecord record : pointers.subList(0, Math.min(NAMES_MAX, pointers.size()))) {
            if (record instanceof DnsRecord.Ptr ptr) {
                DnsQuestion.Type type = identity.isIp4() ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA;
                DnsAnswer back = ask(new DnsQuestion(ptr.name(), type));
                if (!(back instanceof DnsAnswer.Failure)
                        && addressesOf(records(back)).contains(identity.client())) {
                    validated.add(ptr.name());
                }
            }
        }
        return validated;
    }

    private List<DnsRecord> counted(DnsQuestion question) throws Stop, InterruptedException {
        List<DnsRecord> records = records(ask(question));
        countVoid(records);
        return records;
    }

    private void countVoid(List<DnsRecord> records) throws Stop {
        if (records.isEmpty() && ++voids > VOID_MAX) {
            throw Stop.permanent("more than " + VOID_MAX + " look-ups found nothing");
        }
    }

    private DnsAnswer ask(DnsQuestion question) throws InterruptedException {
        return dns.ask(question, deadline);
    }

    private static List<DnsRecord> records(DnsAnswer answer) throws Stop {
        return switch (answer) {
            case DnsAnswer.Answer found -> found.records();
            case DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> List.of();
            case DnsAnswer.Failure failure -> throw Stop.temporary(failure.detail());
        };
    }
}
