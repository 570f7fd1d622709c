// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

/// What is to be done with a mail. The reason is for the log and the decision record, never for the client.
public sealed interface Verdict {
    /// Why; empty for [Accept].
    String reason();

    /// What it is called in logs, headers and decision records.
    default String word() {
        return switch (this) {
            case Accept _ -> "accept";
            case Tag _ -> "tag";
            case Quarantine _ -> "quarantine";
            case Reject _ -> "reject";
            case TempFail _ -> "tempfail";
        };
    }

    /// Deliver.
    record Accept() implements Verdict {
        @Override
        public String reason() {
            return "";
        }
    }

    /// Deliver, marked as spam in its header.
    record Tag(String reason) implements Verdict {}

    /// Keep apart; the sender is told 250.
    record Quarantine(String reason) implements Verdict {}

    /// Refuse for good, inside the session.
    record Reject(String reason) implements Verdict {}

    /// Refuse for now: nobody knows enough to say yes or no.
    record TempFail(String reason) implements Verdict {}
}
