// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import org.postern.core.handoff.MailStore;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.RemoteMailStores;
import org.postern.delivery.qmqp.QmqpMailStore;

/// Makes the store as a front sees it over the network.
public final class MailStores {
    private MailStores() {}

    /// Does not fail because a store is down: that is what [MailStore#availability] tells.
    ///
    /// @param node the front's node name
    public static MailStore connect(HandoffClientConfig config, String node, MeterRegistry meters) {
        return switch (config.protocol()) {
            case POSTERN -> RemoteMailStores.connect(config, node, meters);
            case QMQP -> new QmqpMailStore(config, meters);
        };
    }
}
