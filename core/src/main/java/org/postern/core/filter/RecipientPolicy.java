// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.core.mail.ForwardPath;

/// Recipients for whom other scores matter than for the rest of their farm.
///
/// @param name of the class, not empty
/// @param recipients addresses, and domains for all addresses in them; case does not matter
/// @param thresholds in place of the farm's
public record RecipientPolicy(String name, Set<String> recipients, Thresholds thresholds) {
    public RecipientPolicy {
        recipients = recipients.stream()
                .map(recipient -> recipient.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        if (name.isBlank() || recipients.isEmpty()) {
            throw new IllegalArgumentException("a recipient policy has a name and at least one recipient");
        }
    }

    boolean holds(ForwardPath recipient) {
        return recipients.contains(recipient.address().toString().toLowerCase(Locale.ROOT))
                || recipients.contains(recipient.address().domain().name().toLowerCase(Locale.ROOT));
    }
}
