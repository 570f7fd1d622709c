// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.Locale;
import java.util.Optional;
import org.postern.core.handoff.HandoffId;

/// Which mails of the queue are meant. Empty means any.
///
/// @param id exactly this one
/// @param state only in this state
/// @param sender the whole address, or `@domain`; `<>` for the null path. Case does not count
/// @param recipient the whole address or `@domain` of a recipient who does not have it yet. Case does not count
/// @param after only mails behind this one, for the next page
/// @param max at most so many, 1 to 1000000
public record QueueQuery(
        Optional<HandoffId> id,
        Optional<SpoolQueue.State> state,
        Optional<String> sender,
        Optional<String> recipient,
        Optional<HandoffId> after,
        int max) {
    public QueueQuery {
        sender = sender.map(text -> text.toLowerCase(Locale.ROOT));
        recipient = recipient.map(text -> text.toLowerCase(Locale.ROOT));
        if (max < 1 || max > 1_000_000) {
            throw new IllegalArgumentException("max is 1 to 1000000, not " + max);
        }
    }

    /// The first mails, oldest first.
    public static QueueQuery first(int max) {
        return new QueueQuery(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), max);
    }

    /// One mail.
    public static QueueQuery of(HandoffId id) {
        return new QueueQuery(
                Optional.of(id), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 1);
    }

    /// Whether this can only be told from the mail's file.
    boolean needsFile() {
        return sender.isPresent() || recipient.isPresent();
    }

    /// Whether the mail's file says what is asked for.
    boolean fits(SpoolQueue.Entry entry) {
        return sender.map(wanted -> fits(wanted, entry.sender().toString())).orElse(true)
                && recipient
                        .map(wanted -> entry.recipients().stream()
                                .filter(one -> one.state() == RecipientState.PENDING)
                                .anyMatch(one -> fits(wanted, one.path().toString())))
                        .orElse(true);
    }

    private static boolean fits(String wanted, String address) {
        String folded = address.toLowerCase(Locale.ROOT);
        if (wanted.equals("<>")) {
            return folded.isEmpty();
        }
        return wanted.startsWith("@") ? folded.endsWith(wanted) : folded.equals(wanted);
    }
}
