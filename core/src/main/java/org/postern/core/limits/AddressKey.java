// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// A network as the key of a table: the first bits of an address, small and without text.
///
/// @param high the first 64 bits, those beyond the prefix 0; an IPv4 address stands in its upper half
/// @param low the last 64 bits; 0 for IPv4
/// @param bits the length of the prefix; 256 more for IPv6, so that the families never meet
public record AddressKey(long high, long low, int bits) {
    private static final int IPV6 = 1 << 8;
    private static final int IPV6_CLIENT_BITS = 64;

    /// What counts as one client: an IPv4 address, or an IPv6 /64, for that is what one customer has at least.
    public static AddressKey ofClient(InetAddress address) {
        return of(address, 32, IPV6_CLIENT_BITS);
    }

    /// The network of an address.
    ///
    /// @param ipv4Bits 0 to 32
    /// @param ipv6Bits 0 to 128
    public static AddressKey of(InetAddress address, int ipv4Bits, int ipv6Bits) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        if (octets.remaining() == 4) {
            long whole = (octets.getInt() & 0xffff_ffffL) << 32;
            return new AddressKey(whole & mask(ipv4Bits), 0, ipv4Bits);
        }
        long high = octets.getLong() & mask(Math.min(64, ipv6Bits));
        long low = octets.getLong() & mask(Math.max(0, ipv6Bits - 64));
        return new AddressKey(high, low, IPV6 + ipv6Bits);
    }

    /// Whether this is a network of IPv6 addresses.
    public boolean ipv6() {
        return bits >= IPV6;
    }

    /// The length of the prefix: 0 to 32, or 0 to 128.
    public int prefixLength() {
        return bits % IPV6;
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
