// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.net.InetAddress;

/// What can be said of an address without asking anybody.
public final class Addresses {
    private Addresses() {}

    /// Whether it is of no use outside its own network, so that nobody out there knows it. RFC 1918, RFC 4193.
    public static boolean isPrivate(InetAddress address) {
        boolean unique = address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || unique;
    }
}
