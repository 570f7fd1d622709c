// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import io.micrometer.core.instrument.MeterRegistry;
import org.postern.core.directory.Directory;
import org.postern.core.filter.Assessor;
import org.postern.core.handoff.MailStore;
import org.postern.core.telemetry.DecisionLog;

/// What a front works with. It closes none of them.
public record Collaborators(
        Directory directory, Assessor assessor, MailStore store, DecisionLog decisions, MeterRegistry meters) {}
