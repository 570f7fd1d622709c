// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.smtp.Answers;
import org.postern.delivery.smtp.Obstacle;
import org.postern.delivery.smtp.SmtpConnection;
import org.postern.delivery.smtp.SmtpReply;

/// What comes out of asking one host of a domain after the other. One thread uses it.
final class Trip {
    /// Hosts that may answer "not now" in one attempt. RFC 5321 section 5.1 asks for two.
    private static final int ANSWERS_MAX = 2;

    private final Map<Integer, Destination.Outcome> notNow = new HashMap<>();
    private Parcel left;
    private int answers;
    private boolean answered;
    private boolean talked;
    /// Whether it is certain that no host does what the mail demands.
    private boolean onlyUnmet;
    private String last = "no host";

    /// @param onlyThese whether no other host could be asked
    Trip(Parcel parcel, boolean onlyThese) {
        this.left = parcel;
        this.onlyUnmet = onlyThese;
    }

    /// Those of whom nobody was told yet.
    Parcel left() {
        return left;
    }

    boolean over() {
        return left.size() == 0 || answers >= ANSWERS_MAX;
    }

    void unmet(String why) {
        last = why;
    }

    void unusable(String why) {
        last = why;
        onlyUnmet = false;
    }

    void broken(String why) {
        unusable(why);
        talked = true;
    }

    /// Tells of everybody for whom no other host is to be asked.
    void answered(List<Said> said) throws IOException {
        talked = true;
        answered = true;
        // A host that was not asked has not answered.
        answers += said.stream().allMatch(Said::unasked) ? 0 : 1;
        List<Destination.Stop> others = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            Destination.Stop stop = left.stops().get(i);
            Said each = said.get(i);
            if (each.elsewhere()) {
                others.add(stop);
                if (each.outcome() instanceof Destination.Outcome.Failed(String reason, Diagnosis _)) {
                    last = reason;
                }
                onlyUnmet &= each.unasked();
                notNow.merge(stop.recipient(), each.outcome(), (old, now) -> each.unasked() ? old : now);
            } else {
                left.outcomes().of(stop.recipient(), each.outcome());
            }
        }
        left = left.only(others);
    }

    Optional<Contact> end(Parcel rest) throws IOException {
        if (!answered) {
            return Optional.of(nobody(rest));
        }
        for (Destination.Stop stop : left.stops()) {
            left.outcomes().of(stop.recipient(), lastOf(stop));
        }
        return Optional.empty();
    }

    /// A host that does not do what the mail demands settles it only where no other one can.
    private Destination.Outcome lastOf(Destination.Stop stop) {
        Destination.Outcome outcome = notNow.getOrDefault(stop.recipient(), deferred(last, Instant.EPOCH));
        return outcome instanceof Destination.Outcome.Failed && !onlyUnmet ? deferred(last, Instant.EPOCH) : outcome;
    }

    private Contact nobody(Parcel rest) {
        if (rest.strictness() != Itineraries.Strictness.STRICT) {
            return talked
                    ? new Contact.Nothing(rest, deferred(last, Instant.EPOCH))
                    : new Contact.Unreachable(rest, last);
        }
        // What this mail demands is nobody else's; so the site is not blamed for it.
        return new Contact.Nothing(
                rest,
                onlyUnmet
                        // RFC 8689 section 4.2.1; RFC 3463 section 3.8: X.7.10, encryption needed.
                        ? new Destination.Outcome.Failed(last, Diagnosis.local("5.7.10"))
                        : deferred(last, Instant.EPOCH));
    }

    /// What a host means for one recipient.
    ///
    /// @param elsewhere whether another host may be asked at once
    record Said(Destination.Outcome outcome, boolean elsewhere) {
        boolean unasked() {
            return elsewhere && outcome instanceof Destination.Outcome.Failed;
        }

        static Said of(SmtpReply reply, SmtpConnection connection) {
            // RFC 3461 section 5.2.3: who hands over to a host without DSN reports instead of it.
            Destination.Success success =
                    connection.capabilities().has("DSN") ? Destination.Success.PASSED_ON : Destination.Success.RELAYED;
            // Who may have taken the mail without saying so is asked again himself: RFC 1047.
            boolean elsewhere = reply.isTemporary() && !reply.equals(SmtpReply.LOST);
            return new Said(Answers.outcome(reply, connection, success), elsewhere);
        }

        static Said of(Obstacle obstacle, SmtpConnection connection) {
            // RFC 8689 section 4.2.1: another host of the domain may do it.
            return new Said(
                    Answers.outcome(obstacle, connection), obstacle.status().equals(Obstacle.REQUIRETLS));
        }
    }

    static Destination.Outcome deferred(String reason, Instant until) {
        // RFC 3463 section 3.5: X.4.1, no answer from host.
        return new Destination.Outcome.Deferred(reason, Diagnosis.local("4.4.1"), until);
    }
}
