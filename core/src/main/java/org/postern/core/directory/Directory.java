// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;

/// Accounts and domains. Many threads ask at once; every question returns before its deadline and never throws
/// because the directory is down.
public interface Directory extends AutoCloseable {
    /// Whether mail for this domain is ours.
    Lookup<Domain> localDomain(Domain domain, Deadline deadline);

    /// The account a recipient reaches. `Unknown` only when the directory is sure.
    Lookup<Account> recipient(ForwardPath recipient, Deadline deadline);

    /// Checks a login: `Known` when the password is right, `Unknown` when there is no such account or the
    /// password is wrong; which of the two, and how long it took, does not tell them apart.
    Lookup<Account> authenticate(String login, String password, Deadline deadline);

    @Override
    void close();
}
