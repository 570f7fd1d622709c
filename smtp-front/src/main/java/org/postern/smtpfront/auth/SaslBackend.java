// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.postern.core.directory.Directory;
import org.postern.core.directory.TokenVerifier;

/// What mechanisms check logins with.
///
/// @param directory who knows the accounts
/// @param tokens who knows bearer tokens; empty where none are taken
/// @param decoy stands in for accounts that do not exist
/// @param mayTry whether a login may be tried; else too many have failed, and nobody is to be asked about it
/// @param bindings the channel bindings of this connection by their names; empty where there is none
public record SaslBackend(
        Directory directory,
        Optional<TokenVerifier> tokens,
        ScramDecoy decoy,
        Predicate<String> mayTry,
        Map<String, byte[]> bindings) {
    /// How long the directory or the verifier may think.
    static final Duration PATIENCE = Duration.ofSeconds(20);

    public SaslBackend {
        bindings = Map.copyOf(bindings);
    }
}
