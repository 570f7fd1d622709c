// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.net.InetAddress;
import java.util.List;
import org.postern.core.dns.DnsName;
import org.postern.delivery.dsn.Diagnosis;

/// Where the mail of a domain may go. RFC 5321 section 5.1.
sealed interface Hops {
    /// One address of one host.
    ///
    /// @param host its name, which its certificate is to have
    record Hop(DnsName host, InetAddress address) {}

    /// In the order in which they are to be tried; at least one.
    record Found(List<Hop> hops) implements Hops {
        public Found {
            hops = List.copyOf(hops);
        }
    }

    /// The domain certainly takes no mail.
    record Never(String reason, Diagnosis diagnosis) implements Hops {}

    /// Nobody can say now.
    record Unknown(String reason) implements Hops {}
}
