// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.net.InetAddress;

/// Addresses as people write them. RFC 5952.
final class AddressText {
    private AddressText() {}

    static String of(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length == 4) {
            return address.getHostAddress();
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (octets[2 * i] & 0xff) << 8 | (octets[2 * i + 1] & 0xff);
        }
        int start = longestRunOfZeros(groups);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                while (i < 7 && groups[i + 1] == 0) {
                    i++;
                }
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /// Where the first of the longest runs of two or more zero groups starts; -1 without one.
    private static int longestRunOfZeros(int[] groups) {
        int best = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                best = i;
                length = end - i;
            }
        }
        return best;
    }
}
