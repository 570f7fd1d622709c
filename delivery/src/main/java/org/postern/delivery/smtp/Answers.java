// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.schedule.Destination.Outcome;
import org.postern.delivery.schedule.Destination.Success;

/// What replies mean for the delivery of a mail. RFC 5321 section 4.2.1.
public final class Answers {
    private Answers() {}

    /// @param success what a 2yz means
    public static Outcome outcome(SmtpReply reply, SmtpConnection connection, Success success) {
        String text = connection.described() + " said: " + reply;
        if (reply.isPositive()) {
            return new Outcome.Delivered(text, success);
        }
        Diagnosis diagnosis = new Diagnosis(reply.status(), connection.remote(), reply.toString());
        return reply.isPermanent() ? new Outcome.Failed(text, diagnosis) : new Outcome.Deferred(text, diagnosis);
    }

    public static Outcome outcome(Obstacle obstacle, SmtpConnection connection) {
        return new Outcome.Failed(
                connection.described() + " " + obstacle.text(),
                new Diagnosis(obstacle.status(), connection.remote(), ""));
    }
}
