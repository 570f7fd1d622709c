// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.List;
import java.util.Locale;

/// The values of `deliveryMode` in one entry.
///
/// @param mailbox whether mail goes into the mailbox
/// @param forward whether it is forwarded
/// @param reply whether it is answered automatically
record DeliveryModes(boolean mailbox, boolean forward, boolean reply) {
    /// Reads the words, in any case; throws `IllegalArgumentException` for one that qmail-ldap does not know.
    static DeliveryModes of(List<String> words) {
        boolean mailbox = true;
        boolean forward = true;
        boolean reply = false;
        for (String word : words) {
            switch (word.strip().toLowerCase(Locale.ROOT)) {
                case "nolocal", "nombox", "forwardonly" -> mailbox = false;
                case "noforward" -> forward = false;
                case "reply" -> reply = true;
                // Programs are never run, and the others are the default, as in qmail-ldap.
                case "noprogram", "normal", "local", "forward", "program", "noreply" -> {}
                default -> throw new IllegalArgumentException("deliveryMode \"" + word + "\" is not known");
            }
        }
        return new DeliveryModes(mailbox, forward, reply);
    }
}
