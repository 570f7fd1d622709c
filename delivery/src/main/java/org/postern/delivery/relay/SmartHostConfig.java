// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.nio.file.Path;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;

/// Settings of the one host that takes all mail for other sites.
@Doc("A host that takes all mail for other sites.")
public record SmartHostConfig(
        @Doc("Its full name, or its address, and port, for example smtp.example.org:587.")
        HostAndPort server,

        @Doc("none, opportunistic, required or verified.") @Default("verified")
        TlsPolicy tls,

        @Doc("true where TLS begins at once, as on port 465, instead of with STARTTLS.") @Default("false")
        boolean implicitTls,

        @Doc("The user to log in as; without it nobody logs in.")
        Optional<String> user,

        @Doc("A file with the password in its first line, readable for Postern alone.")
        Optional<Path> passwordFile) {
    public SmartHostConfig {
        if (user.isPresent() != passwordFile.isPresent()) {
            throw new IllegalArgumentException("user and password-file belong together");
        }
        if (user.isPresent() && (tls == TlsPolicy.NONE || tls == TlsPolicy.OPPORTUNISTIC)) {
            throw new IllegalArgumentException("a password goes over TLS only: set tls to required or verified");
        }
    }
}
