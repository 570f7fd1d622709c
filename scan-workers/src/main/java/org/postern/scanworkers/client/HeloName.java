// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postern.core.dns.DnsName;
import org.postern.core.mail.Domain;

/// What a client called itself. RFC 5321 section 4.1.1.1: its full domain name, or its address as a literal.
sealed interface HeloName {
    Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    /// A name of two labels or more.
    record Full(DnsName name) implements HeloName {}

    /// An address in brackets; empty where it is none.
    record Literal(Optional<InetAddress> address) implements HeloName {}

    /// An address without brackets.
    record BareAddress() implements HeloName {}

    /// One label, or nothing that could be a name.
    record Other() implements HeloName {}

    static HeloName parse(String helo) {
        String text = helo.strip();
        if (text.startsWith("[")) {
            return new Literal(literal(text));
        }
        if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
            return new BareAddress();
        }
        try {
            return DnsName.of(Domain.parse(text).name())
                    .filter(name -> name.labels().size() > 1)
                    .<HeloName>map(Full::new)
                    .orElseGet(Other::new);
        } catch (IllegalArgumentException _) {
            return new Other();
        }
    }

    private static Optional<InetAddress> literal(String text) {
        String inner = text.endsWith("]") ? text.substring(1, text.length() - 1) : "";
        String address = inner.toLowerCase(Locale.ROOT).startsWith("ipv6:") ? inner.substring(5) : inner;
        if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
