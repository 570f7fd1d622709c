// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.net.InetAddress;

/// The addresses that share the first bits of one. Unlike an administrator's block, bits beyond the prefix may be
/// set.
///
/// @param octets 4 or 16
/// @param prefixLength 0 to 32, or 0 to 128
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Network(byte[] octets, int prefixLength) {
    boolean contains(InetAddress address) {
        byte[] other = address.getAddress();
        if (other.length != octets.length) {
            return false;
        }
        for (int bit = 0; bit < prefixLength; bit += 8) {
            int keep = Math.min(8, prefixLength - bit);
            int mask = 0xff << (8 - keep);
            if (((octets[bit / 8] ^ other[bit / 8]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }
}
