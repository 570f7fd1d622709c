// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import org.postern.core.filter.NoVerdictReason;

/// What is known of a backend.
public enum BackendState {
    /// Nothing yet: the first probe is under way.
    UNKNOWN(NoVerdictReason.UNAVAILABLE),
    /// It takes connections but has never answered: it reads its signatures.
    LOADING(NoVerdictReason.LOADING),
    /// It worked before, takes connections and is silent: it reads its signatures again.
    RELOADING(NoVerdictReason.LOADING),
    /// It has proven that it does its work.
    UP(NoVerdictReason.BACKEND_ERROR),
    /// It answers, but not in time.
    OVERLOADED(NoVerdictReason.OVERLOADED),
    /// It cannot be reached, or does not do its work.
    DEAD(NoVerdictReason.UNAVAILABLE),
    /// Taken out of the pool by the operator, or for a reload in good order.
    DRAINED(NoVerdictReason.LOADING);

    private final NoVerdictReason reason;

    BackendState(NoVerdictReason reason) {
        this.reason = reason;
    }

    /// Whether mails are sent to it. One that is overloaded gets fewer, and only when no other is there.
    public boolean usable() {
        return this == UP || this == OVERLOADED;
    }

    /// Why a mail has no verdict when all backends are like this.
    NoVerdictReason reason() {
        return reason;
    }
}
