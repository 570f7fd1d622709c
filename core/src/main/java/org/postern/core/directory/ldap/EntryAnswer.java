// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import org.postern.core.directory.Account;

/// What an entry means.
sealed interface EntryAnswer {
    /// For who follows a decision step by step.
    default String words() {
        return switch (this) {
            case Usable(Account account) -> "the account " + account.address();
            case Deleted() -> "deleted, as good as no entry";
            case Unusable(String reason) -> "nothing can be said: " + reason;
        };
    }

    record Usable(Account account) implements EntryAnswer {}

    /// The account is deleted; as good as no entry.
    record Deleted() implements EntryAnswer {}

    /// Something in it makes no sense, so nothing is known about the account.
    record Unusable(String reason) implements EntryAnswer {}
}
