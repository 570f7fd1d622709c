// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

/// What an account may do. An account that is deleted has no status: it is unknown.
public enum AccountStatus {
    /// Receives mail and may log in.
    ACTIVE(true, true),
    /// Receives mail and may not log in.
    NO_ACCESS(true, false),
    /// Exists, and neither receives mail nor may log in: a recipient is refused with 550 5.2.1. RFC 3463 section
    /// 3.3.
    DISABLED(false, false);

    private final boolean receives;
    private final boolean logsIn;

    AccountStatus(boolean receives, boolean logsIn) {
        this.receives = receives;
        this.logsIn = logsIn;
    }

    /// Whether mail for it is taken.
    public boolean receives() {
        return receives;
    }

    /// Whether the right password lets it in.
    public boolean mayLogIn() {
        return logsIn;
    }
}
