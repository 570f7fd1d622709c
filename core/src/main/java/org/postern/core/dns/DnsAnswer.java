// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.util.List;

/// What came of a question. "I don't know" is a case of its own: no caller can mistake it for "there is none".
public sealed interface DnsAnswer {
    /// One or more records of the type asked for, in the order they came.
    record Answer(List<DnsRecord> records) implements DnsAnswer {
        public Answer {
            records = List.copyOf(records);
            if (records.isEmpty()) {
                throw new IllegalArgumentException("an answer without records is NoData");
            }
        }
    }

    /// The name does not exist, nor does anything below it. RFC 8020.
    record NoSuchName() implements DnsAnswer {}

    /// The name exists but has no record of that type.
    record NoData() implements DnsAnswer {}

    /// Nobody knows, for now.
    ///
    /// @param reason why, for meters
    /// @param detail what happened, for the log
    record Failure(Reason reason, String detail) implements DnsAnswer {}

    /// Why a question could not be answered.
    enum Reason {
        /// No answer came in time.
        TIMED_OUT,
        /// The servers answered SERVFAIL or another error.
        SERVER_FAILURE,
        /// The servers refuse to serve us.
        REFUSED,
        /// What came was no usable answer, for example an alias that leads to itself.
        MALFORMED,
        /// The servers could not be reached.
        NETWORK,
        /// All places for questions in flight stayed taken.
        OVERLOADED,
        /// This process has no resolver.
        UNAVAILABLE
    }
}
