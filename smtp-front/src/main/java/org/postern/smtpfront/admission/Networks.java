// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.net.InetAddress;
import org.postern.core.limits.AddressKey;

/// What counts as one network.
///
/// @param ipv4Prefix bits of an IPv4 address
/// @param ipv6Prefix bits of an IPv6 address
record Networks(int ipv4Prefix, int ipv6Prefix) {
    AddressKey of(InetAddress client) {
        return AddressKey.of(client, ipv4Prefix, ipv6Prefix);
    }
}
