// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.postern.core.directory.Directory;
import org.postern.core.directory.TokenVerifier;
import org.postern.core.filter.Assessor;
import org.postern.core.handoff.MailStore;
import org.postern.core.telemetry.DecisionLog;

/// What a front works with. It closes none of them.
///
/// @param tokens checks logins by token; empty where there are none
public record Collaborators(
        Directory directory,
        Assessor assessor,
        MailStore store,
        DecisionLog decisions,
        MeterRegistry meters,
        Optional<TokenVerifier> tokens) {
    /// Without logins by token.
    public Collaborators(
            Directory directory, Assessor assessor, MailStore store, DecisionLog decisions, MeterRegistry meters) {
        this(directory, assessor, store, decisions, meters, Optional.empty());
    }
}
