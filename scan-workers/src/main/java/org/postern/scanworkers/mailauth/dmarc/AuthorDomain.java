// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.dns.DnsName;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MessageHeader;

/// The domain in the From field. RFC 9989 section 5.3.1, RFC 5322 section 3.4.
///
/// Reads strictly: where two readers could see two addresses, there is no author domain. Comments, quoted strings,
/// groups and folding are understood; encoded words are not decoded, because an address is never in one.
final class AuthorDomain {
    private static final int CLAIMED_MAX = 5;
    private static final Pattern IN_BRACKETS = Pattern.compile("<[^<>]*@([^<>@\\s]+)>");
    private static final Pattern BARE = Pattern.compile("@([^<>@\\s,;:()\"]+)");

    private AuthorDomain() {}

    /// What the header says.
    public sealed interface Found {
        record One(DnsName domain) implements Found {}

        /// @param reason for people
        /// @param claimed the domains that some program may show as the author's, as many as are asked about
        record NotOne(String reason, Set<DnsName> claimed) implements Found {
            public NotOne {
                claimed = Collections.unmodifiableSet(new LinkedHashSet<>(claimed));
            }
        }
    }

    public static Found of(MessageHeader header) {
        List<String> values = header.all("From")
                .map(field -> new String(field.value().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .toList();
        if (!header.wellFormed()) {
            return notOne("the header ends in a line that is no field", values);
        }
        if (values.size() != 1) {
            return notOne(values.isEmpty() ? "no From field" : values.size() + " From fields", values);
        }
        Optional<List<String>> addresses = new AddressList(values.getFirst()).read();
        if (addresses.isEmpty() || addresses.get().isEmpty()) {
            return notOne("From is no address list", values);
        }
        Set<DnsName> domains = new LinkedHashSet<>();
        for (String address : addresses.get()) {
            Optional<DnsName> domain = domain(address);
            if (domain.isEmpty()) {
                return notOne("From has an address without a domain name", values);
            }
            domains.add(domain.get());
        }
        return domains.size() == 1
                ? new Found.One(domains.iterator().next())
                : notOne("From has addresses of several domains", values);
    }

    /// With what stands in angle brackets or, where nothing does, behind an `@`.
    private static Found notOne(String reason, List<String> values) {
        Set<DnsName> claimed = new LinkedHashSet<>();
        for (String value : values) {
            Matcher matcher = (value.indexOf('<') < 0 ? BARE : IN_BRACKETS).matcher(value);
            while (claimed.size() < CLAIMED_MAX && matcher.find()) {
                domain(matcher.group(1)).ifPresent(claimed::add);
            }
        }
        return new Found.NotOne(reason, claimed);
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
