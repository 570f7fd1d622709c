// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import org.postern.core.reply.Reply;

/// What becomes of a client that connects.
public sealed interface Entry {
    /// It has a session, which is to be given back with [Visit#close()].
    record Admitted(Visit visit) implements Entry {}

    /// It is told this instead of the greeting, and the connection closes.
    record TurnedAway(Reply reply) implements Entry {}
}
