// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/// A block of IPv4 or IPv6 addresses, written `10.0.0.0/8`, `2001:db8::/32`, or as one address. RFC 4632, RFC
/// 4291 section 2.3.
///
/// @param network the first address of the block
/// @param prefixLength 0 to 32, or 0 to 128
public record CidrBlock(InetAddress network, int prefixLength) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]+");

    public CidrBlock {
        int bits = network.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("a prefix length here is 0 to " + bits + ", not " + prefixLength);
        }
        if (!Arrays.equals(masked(network.getAddress(), prefixLength), network.getAddress())) {
            throw new IllegalArgumentException("the address has bits set beyond /" + prefixLength);
        }
    }

    /// Reads the written form. Never asks DNS. Throws `IllegalArgumentException` with a sentence fit for an
    /// administrator.
    public static CidrBlock parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!ADDRESS.matcher(address).matches() || (address.indexOf('.') < 0 && address.indexOf(':') < 0)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an address block; write for example 10.0.0.0/8");
        }
        try {
            InetAddress network = InetAddress.getByName(address);
            int bits = network.getAddress().length * 8;
            return new CidrBlock(network, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an address block; write for example 10.0.0.0/8", e);
        }
    }

    /// Whether the address lies in this block; an address of the other family never does.
    public boolean contains(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == network.getAddress().length
                && Arrays.equals(masked(octets, prefixLength), network.getAddress());
    }

    private static byte[] masked(byte[] octets, int bits) {
        byte[] result = octets.clone();
        for (int i = 0; i < result.length; i++) {
            int keep = Math.clamp(bits - 8L * i, 0, 8);
            result[i] &= (byte) (0xff << (8 - keep));
        }
        return result;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixLength;
    }
}
