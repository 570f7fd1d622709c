// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.postern.core.mail.Recipient;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.smtp.MailRequest;
import org.postern.delivery.spool.StoredMail;

/// A mail, some of its recipients, and who is told what became of them. One thread uses it.
record Parcel(StoredMail mail, OriginalHeader header, List<Destination.Stop> stops, Destination.Outcomes outcomes) {
    int size() {
        return stops.size();
    }

    Parcel part(int from, int to) {
        return new Parcel(mail, header, stops.subList(from, to), outcomes);
    }

    /// The same for other recipients of it.
    Parcel only(List<Destination.Stop> some) {
        return new Parcel(mail, header, some, outcomes);
    }

    Itineraries.Strictness strictness() {
        return Itineraries.strictness(mail, header);
    }

    /// All of it has the same end.
    void all(Destination.Outcome outcome) throws IOException {
        for (Destination.Stop stop : stops) {
            outcomes.of(stop.recipient(), outcome);
        }
    }

    MailRequest request() {
        List<Recipient> recipients = new ArrayList<>(stops.size());
        for (Destination.Stop stop : stops) {
            recipients.add(mail.envelope().recipients().get(stop.recipient()));
        }
        boolean international = mail.envelope().parameters().smtputf8()
                && (header.isInternational()
                        || mail.envelope().reversePath().toString().chars().anyMatch(c -> c > 0x7f)
                        || recipients.stream()
                                .anyMatch(each -> each.path().address().isInternationalized()));
        return new MailRequest(
                mail.envelope().reversePath(),
                recipients,
                mail.envelope().parameters(),
                international,
                mail.bodyLength(),
                mail::body);
    }
}
