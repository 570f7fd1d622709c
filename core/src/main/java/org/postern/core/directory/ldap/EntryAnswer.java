// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import org.postern.core.directory.Account;

/// What an entry means.
sealed interface EntryAnswer {
    record Usable(Account account) implements EntryAnswer {}

    /// The account is deleted; as good as no entry.
    record Deleted() implements EntryAnswer {}

    /// Something in it makes no sense, so nothing is known about the account.
    record Unusable(String reason) implements EntryAnswer {}
}
