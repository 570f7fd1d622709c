// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Optional;
import org.postern.core.config.HostAndPort;
import org.postern.core.directory.Directory;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;

/// Makes the client side of the handoff.
public final class RemoteMailStores {
    private RemoteMailStores() {}

    /// @param node the front's node name, told to the stores
    /// @param directory where it stands which store has whose mailbox; empty where all have all
    /// @param dns finds the stores' addresses
    public static MailStore connect(
            HandoffClientConfig config,
            String node,
            Optional<Directory> directory,
            DnsResolver dns,
            MeterRegistry meters) {
        return new RemoteMailStore(config, node, directory, dns, meters);
    }

    /// Greets a store as a front does, over TLS where it is set.
    ///
    /// @return who answers, and whether it takes mail
    public static String probe(
            HandoffClientConfig config, HostAndPort store, NamedHosts hosts, String node, Deadline deadline)
            throws IOException {
        try (Watchdog watchdog = new Watchdog();
                StoreConnection connection = StoreConnection.open(
                        store, hosts, node, config.tls().map(MutualTls::new), watchdog, deadline)) {
            String trouble = connection.ping(deadline);
            if (!trouble.isEmpty()) {
                throw new IOException(connection.storeNode() + " takes no mail: " + trouble);
            }
            return connection.storeNode() + " takes mail" + (config.tls().isPresent() ? " over TLS" : "");
        }
    }
}
