// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.List;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;

/// Accounts and domains. Many threads ask at once; every question returns before its deadline and never throws
/// because the directory is down.
public interface Directory extends AutoCloseable {
    /// Whether mail for this domain is ours.
    Lookup<Domain> localDomain(Domain domain, Deadline deadline);

    /// The account a recipient reaches. `Unknown` only when the directory is sure. A known account that does not
    /// receive mail (see [AccountStatus#receives()]) is refused with 550 5.2.1.
    Lookup<Account> recipient(ForwardPath recipient, Deadline deadline);

    /// Checks a login: `Known` when the password is right, `Unknown` when there is no such account or the
    /// password is wrong; which of the two, and how long it took, does not tell them apart.
    Lookup<Account> authenticate(String login, String password, Deadline deadline);

    /// What SCRAM-SHA-256 needs to check this login. `Unknown` where there is no such account, or its password is
    /// stored in a form that does not allow SCRAM; the caller then goes through the exchange with invented values.
    default Lookup<ScramCredential> scramCredential(String login, Deadline deadline) {
        return new Lookup.Unknown<>();
    }

    /// As [#recipient], with every step of the decision. For people; it may cost more.
    default Explanation explain(ForwardPath recipient, Deadline deadline) {
        return new Explanation(recipient, List.of(), recipient(recipient, deadline));
    }

    @Override
    void close();
}
