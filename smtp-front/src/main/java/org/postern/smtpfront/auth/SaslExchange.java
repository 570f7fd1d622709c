// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;

/// One run of a SASL mechanism on the server's side. RFC 4422. One thread at a time; may block for the directory.
public interface SaslExchange {
    /// What follows the client's response, which is decoded already; the first call has the initial response, or
    /// an empty one where the client sent none.
    Step next(byte[] response);

    /// What follows when the client breaks off instead of answering. RFC 4954 section 4
    default Step cancelled() {
        return new Step.Cancelled("");
    }

    /// Whether the directory was asked for what is challenged with, so that the time it took could tell something.
    default boolean askedForChallenge() {
        return false;
    }

    /// What the server does next.
    sealed interface Step {
        /// Send this and wait for a response.
        @SuppressWarnings("ArrayRecordComponent") // compared by nobody
        record Challenge(byte[] octets) implements Step {}

        /// Ask the directory.
        record Check(String login, String password) implements Step {}

        /// The mechanism has come to its end.
        ///
        /// @param login who the client says it is; may be empty
        /// @param found `Unknown` where the login failed
        record Concluded(String login, Lookup<Account> found) implements Step {}

        /// Too many logins have failed: nobody was asked about this one.
        record Barred() implements Step {}

        /// The client broke off.
        ///
        /// @param login whose challenge it had seen by then, to who only asks as good as a failed guess;
        ///     empty where it had seen none
        record Cancelled(String login) implements Step {}

        /// The response is not of this mechanism.
        record Malformed() implements Step {}
    }
}
