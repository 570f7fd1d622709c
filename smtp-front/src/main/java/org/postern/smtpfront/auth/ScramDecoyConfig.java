// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.postern.core.config.Doc;

/// What SCRAM answers for accounts that do not exist.
@Doc("What SCRAM answers for logins that nobody has, so that nobody can ask who has an account here.")
public record ScramDecoyConfig(
        @Doc(
                "File with a secret of at least 32 octets, the same on all fronts: a login that nobody has is then answered"
                        + " the same by each of them, and after a restart, as one that somebody has is. Without it, by each"
                        + " process in its own way.")
        Optional<Path> secretFile,

        @Doc("The iterations that are usual here; 4096 to 2000000. Without it, those of the last account that began to"
                + " log in by SCRAM.")
        OptionalInt iterations,

        @Doc("The length of the salts that are usual here; 8 to 64. Without it, likewise.")
        OptionalInt saltOctets) {
    private static final int SALT_MAX = 64;

    public ScramDecoyConfig {
        if (iterations.isPresent() && (iterations.getAsInt() < 4096 || iterations.getAsInt() > 2_000_000)) {
            throw new IllegalArgumentException("iterations is 4096 to 2000000, not " + iterations.getAsInt());
        }
        if (saltOctets.isPresent() && (saltOctets.getAsInt() < 8 || saltOctets.getAsInt() > SALT_MAX)) {
            throw new IllegalArgumentException("salt-octets is 8 to " + SALT_MAX + ", not " + saltOctets.getAsInt());
        }
    }

    /// Nothing is said.
    public static ScramDecoyConfig defaults() {
        return new ScramDecoyConfig(Optional.empty(), OptionalInt.empty(), OptionalInt.empty());
    }
}
