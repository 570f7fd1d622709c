// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolHealth;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.Submission;

/// The store in the same process. Closing it does nothing: the store is closed by whoever started it.
public final class LocalMailStore implements MailStore {
    private final SpoolStore spool;
    private final Intake intake;
    private final InstantSource clock;

    public LocalMailStore(SpoolStore spool, Intake intake, InstantSource clock) {
        this.spool = spool;
        this.intake = intake;
        this.clock = clock;
    }

    @Override
    public HandoffResult handOver(Handoff handoff, Deadline deadline) {
        Submission submission = new Submission(
                handoff.id(),
                handoff.dedupKey(),
                handoff.envelope(),
                handoff.disposition(),
                handoff.content().size(),
                true,
                clock.instant());
        try {
            return switch (intake.take(submission, deadline, "local", Intake.octetsOf(handoff.content()))) {
                case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId kept) ->
                    new HandoffResult.Accepted(kept.toString(), duplicate);
                case SpoolStore.Commit.Refused(boolean permanent, String detail) ->
                    new HandoffResult.Refused(permanent, detail);
                case SpoolStore.Commit.Indeterminate(String detail) -> new HandoffResult.Indeterminate(detail);
            };
        } catch (IOException e) {
            return new HandoffResult.Refused(false, "the message cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void proven(HandoffId id) {
        spool.proven(List.of(id));
    }

    @Override
    public Availability availability() {
        SpoolHealth health = spool.health();
        return new Availability(health.ok(), health.ok() ? "the store in this process" : health.detail());
    }

    @Override
    public void close() {}
}
