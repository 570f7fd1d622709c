// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.LinkedHashSet;
import java.util.Set;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

/// Somebody who has a mailbox here.
///
/// @param address the main address, which also names the account; the local part is in lower case
/// @param aliases further addresses that reach it
/// @param mailbox the mailbox folder relative to the store's mail folder, for example `example.org/alice`; never
/// absolute and without `..`
public record Account(MailAddress address, Set<MailAddress> aliases, String mailbox) {
    public Account {
        aliases = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(aliases));
        if (!mailbox.matches("[^/\\x00]+(?:/[^/\\x00]+)*")
                || Set.of(mailbox.split("/")).stream().anyMatch(part -> part.matches("\\.{1,2}"))) {
            throw new IllegalArgumentException("not a relative folder: " + mailbox);
        }
    }

    /// Whether mail may be submitted with this sender: the account's own addresses, and the null path.
    public boolean maySendAs(ReversePath reversePath) {
        return switch (reversePath) {
            case ReversePath.Null() -> true;
            case ReversePath.Mailbox(MailAddress sender) ->
                sender.foldedCase().equals(address.foldedCase())
                        || aliases.stream().anyMatch(alias -> alias.foldedCase().equals(sender.foldedCase()));
        };
    }
}
