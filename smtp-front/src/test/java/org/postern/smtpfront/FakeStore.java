// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;

/// Keeps mails in memory and answers what a test wants.
final class FakeStore implements MailStore {
    final List<Kept> kept = new CopyOnWriteArrayList<>();
    final List<HandoffId> asked = new CopyOnWriteArrayList<>();
    final List<HandoffId> proven = new CopyOnWriteArrayList<>();
    volatile Availability availability = new Availability(true, "");
    volatile BiFunction<Handoff, Deadline, HandoffResult> answer =
            (handoff, deadline) -> new HandoffResult.Accepted("s1", false);

    /// A mail as it was handed over.
    record Kept(Handoff handoff, String text) {}

    @Override
    public HandoffResult handOver(Handoff handoff, Deadline deadline) {
        asked.add(handoff.id());
        HandoffResult result = answer.apply(handoff, deadline);
        if (result instanceof HandoffResult.Accepted) {
            kept.add(new Kept(handoff, text(handoff)));
        }
        return result;
    }

    private static String text(Handoff handoff) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            handoff.content().writeTo(out);
            return out.toString(StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void proven(HandoffId id) {
        proven.add(id);
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public void close() {}
}
