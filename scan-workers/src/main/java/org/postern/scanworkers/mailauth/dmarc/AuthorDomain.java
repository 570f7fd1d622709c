// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.dns.DnsName;
import org.postern.core.mail.Domain;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageHeader;

/// The domain in the From field. RFC 9989 section 5.3.1, RFC 5322 section 3.4.
///
/// Reads strictly: where two readers could see two addresses, there is no author domain. Comments, quoted strings,
/// groups and folding are understood; encoded words are not decoded, because an address is never in one.
public final class AuthorDomain {
    private AuthorDomain() {}

    /// What the header says.
    public sealed interface Found {
        record One(DnsName domain) implements Found {}

        /// @param reason for people
        record NotOne(String reason) implements Found {}
    }

    public static Found of(MessageHeader header) {
        List<HeaderField> fields = header.all("From").toList();
        if (fields.size() != 1) {
            return new Found.NotOne(fields.isEmpty() ? "no From field" : fields.size() + " From fields");
        }
        String value =
                new String(fields.getFirst().value().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        Optional<List<String>> addresses = new AddressList(value).read();
        if (addresses.isEmpty() || addresses.get().isEmpty()) {
            return new Found.NotOne("From is no address list");
        }
        Set<DnsName> domains = new HashSet<>();
        for (String address : addresses.get()) {
            Optional<DnsName> domain = domain(address);
            if (domain.isEmpty()) {
                return new Found.NotOne("From has an address without a domain name");
            }
            domains.add(domain.get());
        }
        return domains.size() == 1
                ? new Found.One(domains.iterator().next())
                : new Found.NotOne("From has addresses of several domains");
    }

    private static Optional<DnsName> domain(String address) {
        try {
            Domain domain = Domain.parse(address.substring(address.lastIndexOf('@') + 1));
            return domain.isAddressLiteral() ? Optional.empty() : DnsName.of(domain.name());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
