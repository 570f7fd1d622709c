// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

/// Why a filter could not judge a mail.
public enum NoVerdictReason {
    /// No backend could be reached.
    UNAVAILABLE,
    /// The backend is up but still loading its signatures or rules.
    LOADING,
    /// Every place in the pool stayed taken until the deadline.
    OVERLOADED,
    /// The deadline passed before an answer came.
    TIMED_OUT,
    /// The mail is larger than what the engine is known to look through.
    TOO_LARGE,
    /// The backend answered with an error or with something that is no answer.
    BACKEND_ERROR,
    /// The rest of the filters had already settled the verdict.
    NOT_NEEDED,
    /// The filter itself failed, which is a defect to be reported, or the mail could not be read on our side.
    INTERNAL_ERROR
}
