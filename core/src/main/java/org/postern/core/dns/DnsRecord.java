// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.net.InetAddress;

/// The data of one resource record.
public sealed interface DnsRecord {
    /// An A or AAAA record.
    record Address(InetAddress address) implements DnsRecord {}

    /// A mail exchanger. RFC 5321 section 5.1.
    ///
    /// @param exchange the root for a null MX, RFC 7505
    record Mx(int preference, DnsName exchange) implements DnsRecord {}

    /// A TXT record, its strings joined without anything between them.
    ///
    /// @param text octets above 127 as ISO-8859-1 characters, so that nothing is lost
    record Txt(String text) implements DnsRecord {}

    /// A PTR record.
    record Ptr(DnsName name) implements DnsRecord {}

    /// A CNAME record.
    record Alias(DnsName target) implements DnsRecord {}

    /// What a server's certificate must be. RFC 6698 section 2.1.
    ///
    /// @param usage 0 to 3: 2 names an authority, 3 the server's own certificate
    /// @param selector 0 the certificate, 1 its public key
    /// @param matching 0 as it is, 1 its SHA-256, 2 its SHA-512
    /// @param data in hexadecimal, lower case
    record Tlsa(int usage, int selector, int matching, String data) implements DnsRecord {}
}
