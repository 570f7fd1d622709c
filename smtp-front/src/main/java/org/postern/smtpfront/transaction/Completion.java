// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// How a message ended: as a whole, or in parts where its recipients are judged differently.
///
/// @param parts one or more; each recipient stands in exactly one
public record Completion(List<Part> parts) {
    public Completion {
        parts = List.copyOf(parts);
    }

    /// What became of the message for some of its recipients.
    public record Part(MailInProgress mail, Outcome outcome) {}

    static Completion whole(MailInProgress mail, Outcome outcome) {
        return new Completion(List.of(new Part(mail, outcome)));
    }

    /// Refused as a whole, before anybody judged it.
    public static Completion whole(MailInProgress mail, Reply reply, long size, String detail) {
        return whole(mail, Outcome.refused(reply, size, detail));
    }

    /// What is said of the mail as a whole: accepted where anybody gets it, else the mildest refusal.
    public Reply reply() {
        Optional<Reply> accepted = first(2);
        return accepted.or(() -> first(4))
                .orElseGet(() -> parts.getFirst().outcome().reply());
    }

    private Optional<Reply> first(int kind) {
        return parts.stream()
                .map(part -> part.outcome().reply())
                .filter(reply -> reply.code().number() / 100 == kind)
                .findFirst();
    }

    /// What the client is told. Where its recipients came to differ and it asked for that: that replies follow, one for
    /// each recipient in their order, and one for the mail as a whole. draft-hall-prdr
    ///
    /// @param mail with all recipients
    public List<Reply> replies(MailInProgress mail) {
        if (parts.size() == 1) {
            return List.of(reply());
        }
        List<Reply> replies = new ArrayList<>();
        replies.add(Reply.plain(ReplyCode.RECIPIENT_REPLIES_353, "Replies for each recipient follow"));
        mail.recipients()
                .forEach(recipient -> replies.add(parts.stream()
                        .filter(part -> part.mail().recipients().contains(recipient))
                        .findFirst()
                        .orElseThrow()
                        .outcome()
                        .reply()));
        replies.add(reply());
        return replies;
    }
}
