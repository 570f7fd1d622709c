// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
        record With(TlsClient client) implements Found {}

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
        Optional<DnsName> tlsa = hop.host().under("_" + port + "._tcp");
        if (name.isEmpty() || tlsa.isEmpty()) {
            return new Found.Without(false);
        }
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
        }
        // Section 2.2.2: hosts in zones without DNSSEC are not asked, for some of their servers never answer.
        DnsQuestion.Type type = hop.address().getAddress().length == 4 ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA;
        SecureDns.Vouched address = dns.ask(new DnsQuestion(hop.host(), type), deadline);
        if (address.answer() instanceof DnsAnswer.Failure(var _, String detail)) {
            return new Found.Unknown("DNSSEC: " + detail);
        }
        if (!address.authentic()) {
            return new Found.Without(true);
        }
        return records(dns.ask(new DnsQuestion(tlsa.get(), DnsQuestion.Type.TLSA), deadline), domain, hop.host());
    }

    private static Found records(SecureDns.Vouched vouched, Domain domain, DnsName host) {
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
                yield usable.isEmpty()
                        ? new Found.Unusable()
                        : new Found.With(TlsClient.checked(new DaneCheck(usable, List.of(host.text(), domain.name()))));
            }
        };
    }
}
