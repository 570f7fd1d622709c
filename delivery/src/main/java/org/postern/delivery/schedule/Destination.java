// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.spool.StoredMail;

/// Where a mail goes for the recipients that go there together. Many threads deliver at once.
public interface Destination {
    /// Delivers to some recipients of one mail and says of each, as soon as it is known, what became of it.
    /// A recipient of whom nothing was said is tried again. Doing it again after a crash makes no second
    /// copy where the destination can tell.
    ///
    /// @param redo whether an earlier attempt may have succeeded without anybody knowing
    /// @throws org.postern.delivery.spool.DamagedMailException when the mail's octets are not the
    ///     ones acknowledged
    /// @throws IOException when those of whom nothing was said should be tried again
    void deliver(StoredMail mail, List<Stop> stops, boolean redo, Outcomes outcomes) throws IOException;

    /// One recipient and where the mail goes for him.
    ///
    /// @param recipient position in the envelope
    record Stop(int recipient, Route route) {}

    /// Takes what became of each recipient.
    interface Outcomes {
        /// @throws IOException when it cannot be recorded; nothing more may be delivered then
        void of(int recipient, Outcome outcome) throws IOException;
    }

    /// Delivers to one recipient at a time.
    interface ForOne {
        Outcome deliver(StoredMail mail, int recipient, boolean redo) throws IOException;
    }

    /// What became of it.
    sealed interface Outcome {
        /// It is there, durably.
        record Delivered(String text, Success success) implements Outcome {
            /// Into a mailbox.
            public Delivered(String text) {
                this(text, Success.FINAL);
            }
        }

        /// Try again later.
        ///
        /// @param notBefore trying earlier is of no use
        record Deferred(String reason, Diagnosis diagnosis, Instant notBefore) implements Outcome {
            public Deferred(String reason, Diagnosis diagnosis) {
                this(reason, diagnosis, Instant.EPOCH);
            }

            public Deferred(String reason) {
                this(reason, Diagnosis.local("4.3.0"));
            }
        }

        /// No attempt will ever succeed.
        record Failed(String reason, Diagnosis diagnosis) implements Outcome {
            public Failed(String reason) {
                this(reason, Diagnosis.local("5.0.0"));
            }
        }

        /// The destination has no place now. It was not tried, and that does not count.
        record Busy(Instant until) implements Outcome {}
    }

    /// What a success means for reports. RFC 3461 section 4.1.
    enum Success {
        /// Delivered where it stays.
        FINAL,
        /// Handed to a host that will not report.
        RELAYED,
        /// Handed on to one that reports as asked.
        PASSED_ON
    }
}
