// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.util.Locale;

/// Why something was not let through: the tag `why` of the meter `postern.admission.barred`.
public enum Bar {
    /// All connections of the front are taken.
    CONNECTIONS,
    /// One address has too many sessions.
    ADDRESS_SESSIONS,
    /// One network has too many sessions.
    NETWORK_SESSIONS,
    /// An address or its network connects too often.
    CONNECTION_RATE,
    /// A session, an address or its network sends commands too fast.
    COMMAND_RATE,
    /// A session does nothing but NOOP and the like.
    IDLE_COMMANDS,
    /// A client is silent, or slower than the minimum.
    SILENT,
    /// Too many refused commands in one session.
    ERRORS,
    DENIED_CLIENT,
    DENIED_SENDER,
    DENIED_RECIPIENT,
    /// The client spoke before the greeting.
    EARLY_TALKER,
    /// Too many failed logins of the address or to the account.
    LOGINS,
    GREYLISTED,
    /// Mail taken now could not be judged in time.
    PRESSURE,
    /// What is left is kept for users.
    RESERVED;

    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
