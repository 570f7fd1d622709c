// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.Submission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides about a mail that came by plain QMQP, and keeps it.
///
/// The client has no identity to give, so the mail gets one here, and the same mail again is another mail.
public final class QmqpIntake {
    private static final Logger LOG = LoggerFactory.getLogger(QmqpIntake.class);

    private final String node;
    private final Directory directory;
    private final Intake intake;
    private final InstantSource clock;

    public QmqpIntake(String node, Directory directory, Intake intake, InstantSource clock) {
        this.node = node;
        this.directory = directory;
        this.intake = intake;
        this.clock = clock;
    }

    QmqpServer.QmqpReply take(QmqpRequest request, Deadline deadline) throws IOException {
        Envelope envelope;
        try {
            envelope = Envelope.of(sender(request.sender()), recipients(request.recipients()));
        } catch (IllegalArgumentException e) {
            return new QmqpServer.QmqpReply('D', "this envelope cannot be used: " + e.getMessage());
        }
        Optional<QmqpServer.QmqpReply> refusal = unknownRecipient(envelope, deadline);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        HandoffId id = new HandoffId(node, TransactionId.create(clock.millis()));
        Submission submission = new Submission(
                id,
                DedupKey.of(envelope, request.sha256()),
                envelope,
                Disposition.DELIVER,
                request.content().size(),
                false,
                clock.instant());
        return switch (intake.take(submission, deadline, "qmqp", Intake.octetsOf(request.content()))) {
            case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId kept) ->
                new QmqpServer.QmqpReply('K', "ok " + kept);
            case SpoolStore.Commit.Refused(boolean permanent, String detail) -> {
                LOG.warn("QMQP mail {} refused: {}", id, detail);
                yield new QmqpServer.QmqpReply(
                        permanent ? 'D' : 'Z', permanent ? "this mail is not accepted" : "try again later");
            }
            case SpoolStore.Commit.Indeterminate(String detail) ->
                new QmqpServer.QmqpReply(QmqpServer.QmqpReply.NONE, detail);
        };
    }

    private static ReversePath sender(String text) {
        // qmail's sender of double bounces.
        return text.equals("#@[]") ? new ReversePath.Null() : ReversePath.parse(text);
    }

    private static List<ForwardPath> recipients(List<String> texts) {
        List<ForwardPath> paths = new ArrayList<>(texts.size());
        for (String text : texts) {
            paths.add(ForwardPath.parse(text));
        }
        return paths;
    }

    /// QMQP has one answer for all recipients: the mail is refused when one is certainly not ours.
    private Optional<QmqpServer.QmqpReply> unknownRecipient(Envelope envelope, Deadline deadline) {
        Optional<QmqpServer.QmqpReply> temporary = Optional.empty();
        for (var recipient : envelope.recipients()) {
            switch (directory.recipient(recipient.path(), deadline)) {
                case Lookup.Known<Account>(Account account) -> {}
                case Lookup.Unknown<Account>() -> {
                    return Optional.of(new QmqpServer.QmqpReply('D', "no such recipient here: " + recipient.path()));
                }
                case Lookup.Undetermined<Account>(String reason) -> {
                    LOG.warn("the directory cannot say who {} is: {}", recipient.path(), reason);
                    temporary = Optional.of(new QmqpServer.QmqpReply('Z', "recipients cannot be checked now"));
                }
            }
        }
        return temporary;
    }
}
