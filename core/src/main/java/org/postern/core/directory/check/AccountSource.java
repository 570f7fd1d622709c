// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.check;

import java.util.Optional;
import java.util.function.Consumer;
import org.postern.core.directory.Account;
import org.postern.core.limits.Deadline;

/// A directory that can list its accounts.
public interface AccountSource {
    /// What is listed.
    sealed interface Listed {
        record Good(Account account) implements Listed {}

        /// @param name what the directory calls the entry
        record Deleted(String name) implements Listed {}

        /// @param name what the directory calls the entry
        /// @param reason why no account can be made of it
        record Bad(String name, String reason) implements Listed {}
    }

    /// Hands over every account, on the calling thread. Returns why it could not, or not to the end; empty when
    /// all were listed.
    Optional<String> forEachAccount(Consumer<Listed> each, Deadline deadline);
}
