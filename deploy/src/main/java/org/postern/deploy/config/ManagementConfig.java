// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;

/// The HTTP port for health and meters.
@Doc("Health and meters over HTTP, for balancers and Prometheus.")
public record ManagementConfig(
        @Doc("Whether it listens.") @Default("true") boolean enabled,

        @Doc("Where. There is no login: keep it on loopback or on a management network.") @Default("127.0.0.1:2680")
        HostAndPort listen) {
    /// Nothing listens.
    public static ManagementConfig off() {
        return new ManagementConfig(false, new HostAndPort("127.0.0.1", 0));
    }
}
