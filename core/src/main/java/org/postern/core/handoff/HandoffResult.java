// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

/// What became of a handoff.
public sealed interface HandoffResult {
    /// The mail is durable in the store. Only this becomes a 250.
    ///
    /// @param storeId the store's name for it, for logs
    /// @param duplicate whether the store already had this id or this very mail
    record Accepted(String storeId, boolean duplicate) implements HandoffResult {}

    /// The store has definitely not kept the mail.
    ///
    /// @param permanent 5yz rather than 4yz
    /// @param detail why, for the log
    record Refused(boolean permanent, String detail) implements HandoffResult {}

    /// Nobody can tell whether the store has the mail: 451, and the same id settles it later.
    ///
    /// @param detail what happened, for the log
    record Indeterminate(String detail) implements HandoffResult {}
}
