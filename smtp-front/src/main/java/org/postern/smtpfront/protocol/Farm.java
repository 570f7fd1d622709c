// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import org.postern.smtpfront.Authentication;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.SmtpFrontConfig;
import org.postern.smtpfront.admission.Admission;
import org.postern.smtpfront.transaction.Decisions;
import org.postern.smtpfront.transaction.Mails;

/// What all conversations of one farm share. Immutable but for the parts' own state.
///
/// @param identity who we are
/// @param config how we are set up
/// @param with whom we ask
/// @param mails takes messages to their outcome
/// @param decisions writes down how each transaction ended
/// @param admission who is let in
public record Farm(
        FrontIdentity identity,
        SmtpFrontConfig config,
        Collaborators with,
        Mails mails,
        Decisions decisions,
        Admission admission) {
    boolean offersAuthentication() {
        return config.authentication() != Authentication.NONE;
    }

    boolean requiresAuthentication() {
        return config.authentication() == Authentication.REQUIRED;
    }
}
