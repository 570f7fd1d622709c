// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.SecureDns;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.delivery.smtp.TlsClient;

/// Finds out what DNSSEC says of a host's certificate. RFC 7672 section 2.2. Many threads use it.
final class DaneLookup {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SecureDns dns;
    private final int port;

    /// @param port where hosts are reached
    DaneLookup(SecureDns dns, int port) {
        this.dns = dns;
        this.port = port;
    }

    /// What was found.
    sealed interface Found {
        /// TLS is a must, and this decides about the certificate.
        ///
        /// @param base the name whose records were found, which the host is to be called by
        record With(TlsClient client, DnsName base) implements Found {}

        /// TLS is a must, and no record says anything of the certificate. RFC 7672 section 2.2.
        record Unusable() implements Found {}

        /// The host does not use DANE.
        ///
        /// @param named whether it is certain all the same that the host is one of the domain's
        record Without(boolean named) implements Found {}

        /// Nobody can say whether it does: it must not be used now.
        record Unknown(String why) implements Found {}
    }

    Found find(Domain domain, Hops.Hop hop) throws InterruptedException {
        Deadline deadline = Deadline.in(PATIENCE);
        Optional<DnsName> name = DnsName.of(domain.name());
        if (name.isEmpty()) {
            return new Found.Without(false);
        }
        Set<String> names = new LinkedHashSet<>(List.of(domain.name()));
        // Without DNSSEC for the domain anybody could have named his own host. Section 2.2.1.
        if (!hop.host().equals(name.get())) {
            SecureDns.Vouched exchangers = dns.ask(new DnsQuestion(name.get(), DnsQuestion.Type.MX), deadline);
            if (exchangers.answer() instanceof DnsAnswer.Failure(var _, String detail)) {
                return new Found.Unknown("DNSSEC: " + detail);
            }
            boolean named = exchangers.answer() instanceof DnsAnswer.Answer(List<DnsRecord> records)
                    && records.stream()
                            .anyMatch(record -> record instanceof DnsRecord.Mx mx
                                    && mx.exchange().equals(hop.host()));
            if (!exchangers.authentic() || !named) {
                return new Found.Without(false);
            }
            names.add(exchangers.owner().text());
        }
        return host(names, hop, deadline);
    }

    /// A host that is certainly one of the domain's.
    private Found host(Set<String> names, Hops.Hop hop, Deadline deadline) throws InterruptedException {
        // Section 2.2.2: hosts in zones without DNSSEC are not asked, for some of their servers never answer.
        DnsQuestion.Type type = hop.address().getAddress().length == 4 ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA;
        SecureDns.Vouched address = dns.ask(new DnsQuestion(hop.host(), type), deadline);
        if (address.answer() instanceof DnsAnswer.Failure(var _, String detail)) {
            return new Found.Unknown("DNSSEC: " + detail);
        }
        boolean alias = !address.owner().equals(hop.host());
        if (address.authentic()) {
            // An alias, secure at every step, may have its records where it leads to; those go first.
            Found there = alias ? records(names, address.owner(), deadline) : new Found.Without(true);
            return there instanceof Found.Without ? records(names, hop.host(), deadline) : there;
        }
        if (!alias) {
            return new Found.Without(true);
        }
        // It leads out of the signed zones, while its own zone may be signed and have records for it.
        SecureDns.Vouched own = dns.ask(new DnsQuestion(hop.host(), DnsQuestion.Type.CNAME), deadline);
        if (own.answer() instanceof DnsAnswer.Failure(var _, String detail)) {
            return new Found.Unknown("DNSSEC: " + detail);
        }
        return own.authentic() ? records(names, hop.host(), deadline) : new Found.Without(true);
    }

    /// @param base where the records stand; the host is called by that name, section 8.1
    private Found records(Set<String> names, DnsName base, Deadline deadline) throws InterruptedException {
        Optional<DnsName> tlsa = base.under("_" + port + "._tcp");
        if (tlsa.isEmpty()) {
            return new Found.Without(true);
        }
        SecureDns.Vouched vouched = dns.ask(new DnsQuestion(tlsa.get(), DnsQuestion.Type.TLSA), deadline);
        return switch (vouched.answer()) {
            case DnsAnswer.Failure(var _, String detail) -> new Found.Unknown("DNSSEC: " + detail);
            case DnsAnswer.NoData(), DnsAnswer.NoSuchName() -> new Found.Without(true);
            case DnsAnswer.Answer(List<DnsRecord> records) -> {
                if (!vouched.authentic()) {
                    yield new Found.Without(true);
                }
                List<DnsRecord.Tlsa> usable = records.stream()
                        .filter(DnsRecord.Tlsa.class::isInstance)
                        .map(DnsRecord.Tlsa.class::cast)
                        .filter(DaneCheck::usable)
                        .toList();
                // Section 3.2.2: the certificate has one of these names.
                Set<String> allowed = new LinkedHashSet<>(names);
                allowed.add(base.text());
                yield usable.isEmpty()
                        ? new Found.Unusable()
                        : new Found.With(TlsClient.checked(new DaneCheck(usable, allowed)), base);
            }
        };
    }
}
