// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.List;
import java.util.Optional;
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

    /// Whether [#localDomain] and [#recipient] answer from memory, always, and never wait.
    default boolean answersAtOnce() {
        return false;
    }

    /// Checks a login: `Known` when the password is right, `Unknown` when there is no such account or the
    /// password is wrong; which of the two, and how long it took, does not tell them apart.
    Lookup<Account> authenticate(String login, String password, Deadline deadline);

    /// Whether its accounts can be expected to log in by SCRAM-SHA-256. Where some could not, offering it would lock
    /// them out: mail programs choose the strongest mechanism and do not try another.
    default boolean offersScram() {
        return false;
    }

    /// What SCRAM-SHA-256 needs to check this login. `Unknown` where there is no such account, or its password is
    /// stored in a form that does not allow SCRAM; the caller then goes through the exchange with invented values.
    default Lookup<ScramCredential> scramCredential(String login, Deadline deadline) {
        return new Lookup.Unknown<>();
    }

    /// A login as it is compared: two that would find the same account, if there were one, are one text. Asks nobody.
    default String canonicalLogin(String login) {
        return login;
    }

    /// As [#recipient], with every step of the decision. For people; it may cost more.
    default Explanation explain(ForwardPath recipient, Deadline deadline) {
        return new Explanation(recipient, List.of(), recipient(recipient, deadline));
    }

    /// Whether it can answer now.
    ///
    /// @param answers whether some server or file of it is in use
    /// @param detail what is not as it should be, for people; may be empty though it answers
    record Health(boolean answers, String detail) {}

    /// What is known of its health, without asking anybody; never blocks.
    default Health health() {
        return new Health(true, "");
    }

    /// One server or file that a directory asks.
    ///
    /// @param name for people
    /// @param problem why it does not work; empty when it does
    record Backend(String name, Optional<String> problem) {}

    /// Asks every server or file whether it works now; returns before the deadline or shortly after.
    default List<Backend> probe(Deadline deadline) {
        return List.of();
    }

    @Override
    void close();
}
