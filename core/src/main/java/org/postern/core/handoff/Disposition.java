// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

/// What the store is to do with a mail it keeps.
public enum Disposition {
    /// Bring it to its recipients.
    DELIVER,
    /// Keep it apart until an administrator releases or deletes it.
    QUARANTINE
}
