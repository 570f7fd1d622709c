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
}
