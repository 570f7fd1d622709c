// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.net.InetAddress;

/// What is asked: the records of one type at one name, class IN.
public record DnsQuestion(DnsName name, Type type) {
    /// The types Postern asks for.
    public enum Type {
        A,
        AAAA,
        MX,
        TXT,
        PTR,
        TLSA,
        /// The alias itself, where the others follow it.
        CNAME
    }

    /// Asks for the names of an address. RFC 1035 section 3.5, RFC 3596 section 2.5.
    public static DnsQuestion reverse(InetAddress address) {
        String zone = address.getAddress().length == 4 ? ".in-addr.arpa" : ".ip6.arpa";
        return new DnsQuestion(new DnsName(reversed(address) + zone), Type.PTR);
    }

    /// The octets (IPv4) or nibbles (IPv6) of an address from last to first, divided by dots, as reverse
    /// zones and address lists have them.
    public static String reversed(InetAddress address) {
        byte[] octets = address.getAddress();
        StringBuilder text = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            if (octets.length == 4) {
                text.append(octets[i] & 0xff).append('.');
            } else {
                text.append(Character.forDigit(octets[i] & 0xf, 16)).append('.');
                text.append(Character.forDigit((octets[i] >> 4) & 0xf, 16)).append('.');
            }
        }
        return text.substring(0, text.length() - 1);
    }

    @Override
    public String toString() {
        return name + " " + type;
    }
}
