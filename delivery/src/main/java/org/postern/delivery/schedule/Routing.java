// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.time.Duration;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.handoff.Disposition;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.delivery.spool.StoredMail;

/// The one place that decides where a mail goes for a recipient. Asked at every attempt: what the directory
/// says now counts, not what it said when the mail came.
public final class Routing {
    private final Directory directory;
    private final Duration directoryTimeout;

    public Routing(Directory directory, Duration directoryTimeout) {
        this.directory = directory;
        this.directoryTimeout = directoryTimeout;
    }

    /// @param recipient position in the envelope
    public Route route(StoredMail mail, int recipient) {
        if (mail.disposition() == Disposition.QUARANTINE) {
            return new Route.Quarantine();
        }
        ForwardPath path = mail.envelope().recipients().get(recipient).path();
        Domain domain = path.address().domain();
        Deadline deadline = Deadline.in(directoryTimeout);
        return switch (directory.localDomain(domain, deadline)) {
            case Lookup.Known<Domain>(Domain local) -> account(path, deadline);
            case Lookup.Unknown<Domain>() -> new Route.Remote(domain);
            case Lookup.Undetermined<Domain>(String reason) ->
                new Route.Undecided("the directory cannot say whether " + domain + " is local: " + reason);
        };
    }

    private Route account(ForwardPath path, Deadline deadline) {
        return switch (directory.recipient(path, deadline)) {
            case Lookup.Known<Account>(Account account) -> new Route.Local(account);
            // The front had accepted this recipient: he may come back. Expiry ends it.
            case Lookup.Unknown<Account>() -> new Route.Undecided("the directory does not know " + path);
            case Lookup.Undetermined<Account>(String reason) ->
                new Route.Undecided("the directory cannot say who " + path + " is: " + reason);
        };
    }
}
