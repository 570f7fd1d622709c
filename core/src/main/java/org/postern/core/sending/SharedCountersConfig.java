// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;

/// Where the fronts of a farm count together.
@Doc("A Redis or Valkey.")
public record SharedCountersConfig(
        @Doc("Host and port, for example redis.example.org:6379.")
        HostAndPort address,

        @Doc("Whether the connection is TLS, with a certificate the JDK trusts.") @Default("false")
        boolean tls,

        @Doc("The user, where the server knows users.") Optional<String> user,

        @Doc("File with the password on its first line.") Optional<Path> passwordFile,

        @Doc("What every key begins with, so that one server can serve several farms.") @Default("postern:")
        String prefix,

        @Doc("Connections at the most; 1 to 256.") @Default("8")
        int connections,

        @Doc("How long a question may take, connecting included, before the local counter answers; 10ms to 5s.")
        @Default("250ms")
        Duration timeout,

        @Doc("After a failure, it is not asked for so long; 100ms to 5m.") @Default("5s")
        Duration retryAfter) {
    public SharedCountersConfig {
        if (connections < 1 || connections > 256) {
            throw new IllegalArgumentException("connections is 1 to 256, not " + connections);
        }
        within("timeout", timeout, Duration.ofMillis(10), Duration.ofSeconds(5));
        within("retry-after", retryAfter, Duration.ofMillis(100), Duration.ofMinutes(5));
        if (user.isPresent() && passwordFile.isEmpty()) {
            throw new IllegalArgumentException("a user needs a password-file");
        }
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " is " + least.toMillis() + "ms to " + most.toMillis() + "ms");
        }
    }
}
