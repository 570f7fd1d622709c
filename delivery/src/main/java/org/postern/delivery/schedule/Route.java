// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import org.postern.core.directory.Account;
import org.postern.core.mail.Domain;

/// Where a mail goes for one recipient.
public sealed interface Route {
    /// Kept apart.
    record Quarantine() implements Route {}

    /// To somebody who has an account here: his mailbox, his forwards, his automatic reply.
    record Local(Account account) implements Route {}

    /// To another site.
    record Remote(Domain domain) implements Route {}

    /// Nobody can say now.
    record Undecided(String reason) implements Route {}
}
