// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.core.limits.ByteSize;

/// What an account may hold and accept; empty means no limit of its own.
///
/// @param mailboxSize octets in the mailbox
/// @param mailboxMessages messages in the mailbox, 1 or more
/// @param messageSize octets of one mail
public record AccountLimits(
        Optional<ByteSize> mailboxSize, OptionalLong mailboxMessages, Optional<ByteSize> messageSize) {
    /// No limits.
    public static final AccountLimits NONE =
            new AccountLimits(Optional.empty(), OptionalLong.empty(), Optional.empty());

    public AccountLimits {
        if (mailboxMessages.isPresent() && mailboxMessages.getAsLong() < 1) {
            throw new IllegalArgumentException("a mailbox holds 1 message or more, not " + mailboxMessages.getAsLong());
        }
    }

    /// For people.
    @Override
    public String toString() {
        List<String> limits = new ArrayList<>();
        mailboxSize.ifPresent(size -> limits.add("a mailbox of " + size));
        mailboxMessages.ifPresent(count -> limits.add("with " + count + " mails"));
        messageSize.ifPresent(size -> limits.add("mails of " + size));
        return limits.isEmpty() ? "none" : "at most " + String.join(", ", limits);
    }
}
