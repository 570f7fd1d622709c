// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.postern.core.directory.Directory;
import org.postern.core.handoff.MailStore;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.RemoteMailStores;
import org.postern.delivery.qmqp.QmqpMailStore;

/// Makes the store as a front sees it over the network.
public final class MailStores {
    private MailStores() {}

    /// For stores of which each has every mailbox.
    public static MailStore connect(HandoffClientConfig config, String node, MeterRegistry meters) {
        return connect(config, node, Optional.empty(), meters);
    }

    /// For stores with different mailboxes, of which the directory knows.
    public static MailStore connect(
            HandoffClientConfig config, String node, Directory directory, MeterRegistry meters) {
        return connect(config, node, Optional.of(directory), meters);
    }

    /// Does not fail because a store is down: that is what [MailStore#availability] tells.
    ///
    /// @param node the front's node name
    private static MailStore connect(
            HandoffClientConfig config, String node, Optional<Directory> directory, MeterRegistry meters) {
        return switch (config.protocol()) {
            case POSTERN -> RemoteMailStores.connect(config, node, directory, meters);
            case QMQP -> new QmqpMailStore(config, meters);
        };
    }
}
