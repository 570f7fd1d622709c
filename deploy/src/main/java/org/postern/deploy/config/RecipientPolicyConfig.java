// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import java.util.List;
import java.util.Set;
import org.postern.core.config.Doc;
import org.postern.core.filter.RecipientPolicy;
import org.postern.core.filter.Thresholds;

/// Other thresholds for some recipients of a farm.
public record RecipientPolicyConfig(
        @Doc("What the class is called.") String name,

        @Doc("Addresses, and domains for all addresses in them; the first class that holds a recipient counts.")
        List<String> recipients,

        @Doc("The scores that matter for them, in place of the farm's.")
        Thresholds thresholds) {
    public RecipientPolicyConfig {
        recipients = List.copyOf(recipients);
    }

    /// As the arithmetic wants it.
    public RecipientPolicy policy() {
        return new RecipientPolicy(name, Set.copyOf(recipients), thresholds);
    }
}
