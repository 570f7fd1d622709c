// SPDX-License-Identifier: Apache-2.0
package org.postern.core.telemetry;

/// Where decision records go. Never blocks and never fails because of its target: a mail does not wait for its
/// record.
public interface DecisionLog {
    /// Takes a record, or drops and counts it where too many wait. Any thread.
    void record(DecisionRecord decision);
}
