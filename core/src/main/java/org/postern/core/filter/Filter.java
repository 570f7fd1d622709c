// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.Optional;
import java.util.Set;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;

/// One engine or check that looks at mails. Many threads scan at once.
///
/// A filter never decides: it returns findings, or says that it has no verdict. A failing backend, an
/// unreadable answer, a size beyond what the engine looks through are all `NoVerdict`, never an empty list
/// of findings.
public interface Filter extends AutoCloseable {
    /// The name in configuration, meters and records: kebab-case, for example `clamav`.
    String name();

    /// What a scan costs; cheap filters run first.
    Cost cost();

    /// Scans one mail and returns before the deadline; the content may be closed once it has returned. Runs on
    /// a virtual thread of its own; an interrupt means that the answer is not wanted any more. An exception
    /// counts as `NoVerdict(INTERNAL_ERROR)`.
    FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException;

    /// A few words on the engine and its version for `postern version --all` and `postern check --live`. May ask
    /// the backend, within the deadline.
    FilterStatus status(Deadline deadline) throws InterruptedException;

    /// The lowest sum of scores a mail can get from this filter: 0 where it only ever speaks against mails. A mail
    /// that is over a farm's threshold is refused before all filters have answered only when none of the rest
    /// could still bring it back.
    default double lowestScore() {
        return Double.NEGATIVE_INFINITY;
    }

    /// Set where the answer depends on the octets of the mail and on nothing else but this text: the versions of the
    /// engine, its signatures and its settings. While the text stays the same, the findings of one mail are used
    /// again for others with the same octets. Asked for every mail, so it has to be at hand.
    ///
    /// Empty, as here, where client, envelope or time matter, and while the state is not known.
    default Optional<String> contentState() {
        return Optional.empty();
    }

    /// Told of every client as soon as it is connected, so that questions to others can start long before the mail
    /// comes. Returns at once.
    ///
    /// @param client known by its address; it has not said HELO yet
    default void connected(ClientInfo client) {}

    /// Whether its findings may bring [Extract]s along, for which followers wait.
    default boolean extracts() {
        return false;
    }

    /// Whether it wants to see what others took out of the mail; see [#follow].
    default boolean follows() {
        return false;
    }

    /// Looks a second time, at what others took out of the mail. Run after the first answer of this filter and
    /// those of all that extract, where they took out anything at all; bounded like [#scan].
    ///
    /// @param first what this filter said of the mail itself
    /// @param extracts at most [Extract#MAX]
    /// @return what counts instead of the first answer
    default FilterResult follow(MailTransaction mail, FilterResult first, Set<Extract> extracts, Deadline deadline)
            throws InterruptedException {
        return first;
    }

    /// What an operator should know of it right now, from memory only. Never waits.
    default FilterStatus health() {
        return new FilterStatus(true, "");
    }

    @Override
    void close();

    /// What a scan costs.
    enum Cost {
        /// Memory only, microseconds to milliseconds.
        CHEAP,
        /// One question to another process or machine.
        BACKEND,
        /// Much processor time of this machine, such as OCR.
        HEAVY
    }

    /// Whether the filter could judge a mail now.
    ///
    /// @param usable whether at least one backend works
    /// @param description engine, version and what is wrong, in one line
    record FilterStatus(boolean usable, String description) {}
}
