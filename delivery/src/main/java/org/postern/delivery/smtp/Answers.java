// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.schedule.Destination.Outcome;
import org.postern.delivery.schedule.Destination.Success;

/// What replies mean for the delivery of a mail. RFC 5321 section 4.2.1.
public final class Answers {
    private Answers() {}

    /// @param remote the server's name
    /// @param success what a 2yz means
    public static Outcome outcome(SmtpReply reply, String remote, Success success) {
        String text = remote + " said: " + reply;
        if (reply.isPositive()) {
            return new Outcome.Delivered(text, success);
        }
        Diagnosis diagnosis = new Diagnosis(reply.status(), remote, reply.toString());
        return reply.isPermanent() ? new Outcome.Failed(text, diagnosis) : new Outcome.Deferred(text, diagnosis);
    }

    /// @param remote the server's name
    public static Outcome outcome(Obstacle obstacle, String remote) {
        return new Outcome.Failed(remote + " " + obstacle.text(), new Diagnosis(obstacle.status(), remote, ""));
    }
}
