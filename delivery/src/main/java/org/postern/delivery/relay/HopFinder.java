// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.delivery.dsn.Diagnosis;

/// Finds the hosts of a domain: by MX, else by its addresses; never this host itself, nor one that is
/// farther from the mailbox than this host. Many threads use it.
final class HopFinder {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DnsResolver dns;
    private final DnsName self;
    private final boolean ipv6;
    private final int hopsMax;

    /// @param self what this host calls itself
    HopFinder(DnsResolver dns, Domain self, boolean ipv6, int hopsMax) {
        this.dns = dns;
        this.self = DnsName.of(self.name()).orElse(DnsName.ROOT);
        this.ipv6 = ipv6;
        this.hopsMax = hopsMax;
    }

    Hops find(Domain domain) throws InterruptedException {
        if (domain.isAddressLiteral()) {
            return literal(domain);
        }
        Optional<DnsName> name = DnsName.of(domain.name());
        if (name.isEmpty()) {
            return new Hops.Never(domain + " is no domain name", Diagnosis.local("5.1.2"));
        }
        Deadline deadline = Deadline.in(PATIENCE);
        return switch (dns.ask(new DnsQuestion(name.get(), DnsQuestion.Type.MX), deadline)) {
            case DnsAnswer.Answer(List<DnsRecord> records) -> exchangers(domain, records, deadline);
            // RFC 5321 section 5.1: the domain is its own exchanger.
            case DnsAnswer.NoData() -> addresses(domain, List.of(new DnsRecord.Mx(0, name.get())), deadline);
            case DnsAnswer.NoSuchName() -> new Hops.Never("there is no domain " + domain, Diagnosis.local("5.1.2"));
            case DnsAnswer.Failure(var _, String detail) -> new Hops.Unknown("DNS: " + detail);
        };
    }

    private static Hops literal(Domain domain) {
        String text = domain.name().substring(1, domain.name().length() - 1);
        try {
            // A literal and nothing else: a name of hexadecimal digits must not be looked up.
            InetAddress address =
                    text.startsWith("IPv6:") ? Inet6Address.ofLiteral(text.substring(5)) : Inet4Address.ofLiteral(text);
            return new Hops.Found(List.of(new Hops.Hop(DnsName.ROOT, address)));
        } catch (IllegalArgumentException e) {
            return new Hops.Never(domain + " is no address", Diagnosis.local("5.1.2"));
        }
    }

    private Hops exchangers(Domain domain, List<DnsRecord> records, Deadline deadline) throws InterruptedException {
        List<DnsRecord.Mx> all = new ArrayList<>(records.stream()
                .filter(DnsRecord.Mx.class::isInstance)
                .map(DnsRecord.Mx.class::cast)
                .toList());
        List<DnsRecord.Mx> exchangers = new ArrayList<>(all);
        exchangers.removeIf(mx -> mx.exchange().equals(DnsName.ROOT));
        if (exchangers.isEmpty()) {
            // RFC 7505 section 4.2.
            return new Hops.Never(domain + " takes no mail", new Diagnosis("5.1.10", "", ""));
        }
        Optional<Integer> own = exchangers.stream()
                .filter(mx -> mx.exchange().equals(self))
                .map(DnsRecord.Mx::preference)
                .min(Comparator.naturalOrder());
        if (own.isPresent()) {
            int preference = own.get();
            exchangers.removeIf(mx -> mx.preference() >= preference);
            if (exchangers.isEmpty()) {
                return new Hops.Never(
                        "mail for " + domain + " loops back to this host, which does not keep its mailboxes",
                        Diagnosis.local("5.4.6"));
            }
        }
        Collections.shuffle(exchangers);
        exchangers.sort(Comparator.comparingInt(DnsRecord.Mx::preference));
        return addresses(domain, exchangers, deadline);
    }

    private Hops addresses(Domain domain, List<DnsRecord.Mx> exchangers, Deadline deadline)
            throws InterruptedException {
        List<Hops.Hop> hops = new ArrayList<>();
        Optional<String> failure = Optional.empty();
        for (DnsRecord.Mx mx : exchangers) {
            if (hops.size() >= hopsMax) {
                break;
            }
            for (DnsQuestion.Type type :
                    ipv6 ? List.of(DnsQuestion.Type.AAAA, DnsQuestion.Type.A) : List.of(DnsQuestion.Type.A)) {
                switch (dns.ask(new DnsQuestion(mx.exchange(), type), deadline)) {
                    case DnsAnswer.Answer(List<DnsRecord> records) ->
                        records.stream()
                                .filter(DnsRecord.Address.class::isInstance)
                                .map(record -> new Hops.Hop(mx.exchange(), ((DnsRecord.Address) record).address()))
                                .forEach(hops::add);
                    case DnsAnswer.NoData(), DnsAnswer.NoSuchName() -> {}
                    case DnsAnswer.Failure(var _, String detail) -> failure = Optional.of(detail);
                }
            }
        }
        if (!hops.isEmpty()) {
            return new Hops.Found(hops.subList(0, Math.min(hopsMax, hops.size())));
        }
        return failure.isPresent()
                ? new Hops.Unknown("DNS: " + failure.get())
                : new Hops.Never("no host of " + domain + " has an address", Diagnosis.local("5.4.4"));
    }
}
