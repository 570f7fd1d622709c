// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

/// Whether a spool takes mail in.
///
/// @param state the state
/// @param detail what is wrong and what to do, for the log; empty when nothing is
public record SpoolHealth(State state, String detail) {
    /// Whether a spool takes mail in; deliveries go on in every state.
    public enum State {
        OK,
        /// Too little room. Ends by itself.
        FULL,
        /// A sync failed, or the disk can only be read: nothing can be promised any more until a restart.
        READ_ONLY,
        CLOSED
    }

    public boolean ok() {
        return state == State.OK;
    }
}
