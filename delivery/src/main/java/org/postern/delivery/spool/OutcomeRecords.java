// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what became of mails, on a full disk with the room kept back for that. Many threads use it, each for
/// mails whose lock it holds.
final class OutcomeRecords {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeRecords.class);

    private final InstantSource clock;
    private final IntakeGate gate;
    private final Reserve reserve;
    private final HandoffMemory memory;
    /// Outcomes that could not be written down: forgotten here too, they would bring the mail to the same
    /// recipient with every attempt. No more mails than the index has.
    private final ConcurrentHashMap<HandoffId, List<RecipientOutcome>> unwritten = new ConcurrentHashMap<>();

    OutcomeRecords(InstantSource clock, IntakeGate gate, Reserve reserve, HandoffMemory memory) {
        this.clock = clock;
        this.gate = gate;
        this.reserve = reserve;
        this.memory = memory;
    }

    /// What only this process knows of a mail.
    List<RecipientOutcome> unwritten(HandoffId id) {
        return unwritten.getOrDefault(id, List.of());
    }

    /// The mail has left the queue.
    void forget(HandoffId id) {
        unwritten.remove(id);
    }

    /// Writes down, durably, what became of recipients. What cannot be written is remembered.
    void write(FileMail mail, List<RecipientOutcome> outcomes) throws IOException {
        List<RecipientOutcome> all = new ArrayList<>(unwritten.getOrDefault(mail.id(), List.of()));
        all.addAll(outcomes);
        long now = clock.millis();
        try {
            append(
                    mail,
                    all.stream()
                            .map(one -> new StateRecord(
                                    one.delivered() ? StateRecord.Type.DONE : StateRecord.Type.FAIL,
                                    one.recipient(),
                                    now,
                                    0,
                                    0,
                                    one.text()))
                            .toList());
            unwritten.remove(mail.id());
        } catch (IOException e) {
            unwritten.put(mail.id(), List.copyOf(all));
            LOG.error("what became of {} cannot be written down; a restart would deliver it again", mail.id(), e);
            throw e;
        }
    }

    /// Appends records durably.
    void append(FileMail mail, List<StateRecord> records) throws IOException {
        try {
            reserve.write(() -> mail.append(records, true));
        } catch (SyncException e) {
            gate.syncFailed(e);
            throw e;
        } catch (IOException e) {
            gate.writeFailed();
            throw e;
        }
    }

    /// Writes down, durably, that nothing is left to do; false where that failed.
    boolean complete(FileMail mail) {
        Submission submission = mail.file().header().submission();
        try {
            reserve.write(() -> memory.record(
                    LogRecord.Type.COMPLETE,
                    submission.id(),
                    Fingerprint.of(submission.dedupKey()),
                    mail.file().end().sha256()));
            return true;
        } catch (IOException e) {
            LOG.error("the end of {} cannot be written down", submission.id(), e);
            if (e instanceof SyncException) {
                gate.syncFailed(e);
            } else {
                gate.writeFailed();
            }
            return false;
        }
    }
}
