// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import io.micrometer.core.instrument.MeterRegistry;
import org.postern.core.handoff.MailStore;

/// Makes the client side of the handoff.
public final class RemoteMailStores {
    private RemoteMailStores() {}

    /// @param node the front's node name, told to the stores
    public static MailStore connect(HandoffClientConfig config, String node, MeterRegistry meters) {
        return new RemoteMailStore(config, node, meters);
    }
}
