// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.time.Duration;
import java.util.Optional;
import org.postern.core.filter.Verdict;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.mail.TransactionId;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// What a client is told after the end of a message: the only place where a verdict and the store's answer become
/// replies, but for exceptions, which [Failures] answers. No text names an engine, a file or a setting; the id
/// leads to the decision record, which names all of them.
final class Replies {
    private Replies() {}

    /// Empty where the mail is to be handed over.
    static Optional<Reply> to(Verdict verdict, TransactionId mail) {
        return switch (verdict) {
            case Verdict.Reject _ ->
                Optional.of(Reply.of(
                        ReplyCode.MAILBOX_UNAVAILABLE_550, "5.7.1", "Message refused by local policy (" + mail + ")"));
            case Verdict.TempFail _ ->
                Optional.of(Reply.of(
                        ReplyCode.LOCAL_ERROR_451,
                        "4.7.1",
                        "Message cannot be judged now, try again later (" + mail + ")"));
            case Verdict.Accept(), Verdict.Tag _, Verdict.Quarantine _ -> Optional.empty();
        };
    }

    /// 250 only for what is durable in the store.
    static Reply to(HandoffResult result, TransactionId mail) {
        return switch (result) {
            case HandoffResult.Accepted _ -> Reply.of(ReplyCode.COMPLETED_250, "2.0.0", "Ok, kept as " + mail);
            case HandoffResult.Refused(boolean permanent, var _) ->
                permanent
                        ? Reply.of(
                                ReplyCode.TRANSACTION_FAILED_554, "5.3.0", "Message cannot be kept here (" + mail + ")")
                        : tryAgain(mail);
            case HandoffResult.Indeterminate _ -> tryAgain(mail);
        };
    }

    /// Not kept, for a reason that may pass.
    static Reply tryAgain(TransactionId mail) {
        return Reply.of(
                ReplyCode.LOCAL_ERROR_451, "4.3.0", "Message cannot be kept now, try again later (" + mail + ")");
    }

    /// No place or no time for it.
    static Reply busy() {
        return Reply.of(ReplyCode.LOCAL_ERROR_451, "4.3.0", "Message cannot be handled in time, try again later");
    }

    /// Undecided, so it must come again first. RFC 6647 section 2.5
    static Reply greylisted(Duration wait, TransactionId mail) {
        return Reply.of(
                ReplyCode.LOCAL_ERROR_451,
                "4.7.1",
                "Not known here yet, try again in " + (wait.toSeconds() + 1) + " seconds (" + mail + ")");
    }

    static Reply tooLarge() {
        return Reply.of(ReplyCode.EXCEEDED_STORAGE_552, "5.3.4", "Message too large");
    }

    /// RFC 3463 section 3.3: X.2.3, longer than an administrator allows.
    static Reply tooLargeForRecipient() {
        return Reply.of(ReplyCode.EXCEEDED_STORAGE_552, "5.2.3", "Message larger than its recipient takes");
    }

    static Reply headerTooLong() {
        return Reply.of(ReplyCode.EXCEEDED_STORAGE_552, "5.3.4", "Message header too long");
    }

    static Reply bareLineEnd() {
        return Reply.of(ReplyCode.MAILBOX_UNAVAILABLE_550, "5.6.0", "Message holds a CR or LF that is no line end");
    }
}
