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

/// What a front works with. It closes none of them.
///
/// @param tokens checks logins by token; empty where there are none
/// @param quotas what an account that has logged in may send
public record Collaborators(
        Directory directory,
        Assessor assessor,
        MailStore store,
        DecisionLog decisions,
        MeterRegistry meters,
        Optional<TokenVerifier> tokens,
        SendingQuotas quotas) {
    /// Accounts may send as much as they like.
    public Collaborators(
            Directory directory,
            Assessor assessor,
            MailStore store,
            DecisionLog decisions,
            MeterRegistry meters,
            Optional<TokenVerifier> tokens) {
        this(directory, assessor, store, decisions, meters, tokens, SendingQuotas.NONE);
    }

    /// Without logins by token as well.
    public Collaborators(
            Directory directory, Assessor assessor, MailStore store, DecisionLog decisions, MeterRegistry meters) {
        this(directory, assessor, store, decisions, meters, Optional.empty());
    }
}
