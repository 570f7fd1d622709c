// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import java.nio.file.Path;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;

/// How a running server is watched and steered.
@Doc("Health and meters over HTTP, for balancers and Prometheus; the control socket for the postern command.")
public record ManagementConfig(
        @Doc("Whether it listens for HTTP.") @Default("true")
        boolean enabled,

        @Doc("Where. There is no login: keep it on loopback or on a management network.") @Default("127.0.0.1:2680")
        HostAndPort listen,

        @Doc(
                "The folder of the control sockets, through which the postern command asks a running server. Who may enter"
                        + " it may do everything. Made for its owner alone; the folder control in temp-folder where it is not set.")
        Optional<Path> controlFolder) {
    /// No HTTP.
    public static ManagementConfig off() {
        return new ManagementConfig(false, new HostAndPort("127.0.0.1", 0), Optional.empty());
    }
}
