// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.postern.core.directory.Directory;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.MailStore;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.RemoteMailStores;
import org.postern.delivery.qmqp.QmqpMailStore;

/// Makes the store as a front sees it over the network.
public final class MailStores {
    private MailStores() {}

    /// For stores of which each has every mailbox, without DNS: they are found by their addresses, and by names in
    /// the hosts file.
    public static MailStore connect(HandoffClientConfig config, String node, MeterRegistry meters) {
        return connect(config, node, Optional.empty(), DnsResolver.unavailable(), meters);
    }

    /// For stores with different mailboxes, of which the directory knows.
    ///
    /// @param dns finds the stores' addresses
    public static MailStore connect(
            HandoffClientConfig config, String node, Directory directory, DnsResolver dns, MeterRegistry meters) {
        return connect(config, node, Optional.of(directory), dns, meters);
    }

    /// Does not fail because a store is down: that is what [MailStore#availability] tells.
    ///
    /// @param node the front's node name
    private static MailStore connect(
            HandoffClientConfig config,
            String node,
            Optional<Directory> directory,
            DnsResolver dns,
            MeterRegistry meters) {
        return switch (config.protocol()) {
            case POSTERN -> RemoteMailStores.connect(config, node, directory, dns, meters);
            case QMQP -> new QmqpMailStore(config, dns, meters);
        };
    }
}
