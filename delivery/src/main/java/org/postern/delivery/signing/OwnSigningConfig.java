// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.util.List;
import java.util.Map;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.Domain;

/// Settings of signatures on what the store writes itself.
@Doc("Signatures on reports and automatic replies, which the store writes itself.")
public record OwnSigningConfig(
        @Doc("The keys of each domain; every key of a domain signs. A report comes from the store's hostname, for which"
                + " the keys of a domain above it count too.")
        @Default("{}")
        Map<Domain, List<SigningConfig.Key>> dkim) {
    public OwnSigningConfig {
        dkim = Map.copyOf(dkim);
        SigningConfig.check(dkim);
    }

    /// The defaults: nothing is signed.
    public static OwnSigningConfig defaults() {
        return new OwnSigningConfig(Map.of());
    }
}
