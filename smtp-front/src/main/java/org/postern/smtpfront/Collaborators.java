// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.postern.core.directory.Directory;
import org.postern.core.directory.TokenVerifier;
import org.postern.core.filter.Assessor;
import org.postern.core.handoff.MailStore;
import org.postern.core.sending.SendingQuotas;
import org.postern.core.telemetry.DecisionLog;
import org.postern.smtpfront.auth.ScramDecoy;

/// What a front works with. It closes none of them.
///
/// @param tokens checks logins by token; empty where there are none
/// @param quotas what an account that has logged in may send
/// @param decoy stands in for accounts that do not exist; one for all fronts of a process
public record Collaborators(
        Directory directory,
        Assessor assessor,
        MailStore store,
        DecisionLog decisions,
        MeterRegistry meters,
        Optional<TokenVerifier> tokens,
        SendingQuotas quotas,
        ScramDecoy decoy) {
    /// Accounts may send as much as they like.
    public Collaborators(
            Directory directory,
            Assessor assessor,
            MailStore store,
            DecisionLog decisions,
            MeterRegistry meters,
            Optional<TokenVerifier> tokens) {
        this(directory, assessor, store, decisions, meters, tokens, SendingQuotas.NONE, new ScramDecoy());
    }

    /// Without logins by token as well.
    public Collaborators(
            Directory directory, Assessor assessor, MailStore store, DecisionLog decisions, MeterRegistry meters) {
        this(directory, assessor, store, decisions, meters, Optional.empty());
    }
}
